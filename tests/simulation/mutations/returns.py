"""Faults of returns and voids."""

from typing import Any

import pytest

from pos_app.domain.returned import KnownSale
from pos_app.proving.simulate.weather import CUT_OFF
from pos_app.services.returning import Returning
from sync.hq.returns.reading import CameBack
from sync.hq.stock_pool.ledger import Movement
from tests.simulation.mutations.registry import mutation


@mutation("nothing_returned_twice", weather=CUT_OFF)
def what_came_back_before_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A receipt is good for its money as often as it is shown."""

    def known_here(_: Returning, sale: KnownSale) -> KnownSale:
        return sale

    patch.setattr(Returning, "known_here", known_here)


@mutation("points_add_up", weather=CUT_OFF)
def points_stay_when_goods_come_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CameBack, "entries", lambda *_, **__: [])


@mutation("stock_adds_up", "amounts_seen", weather=CUT_OFF)
def goods_that_come_back_are_taken_off_again(patch: pytest.MonkeyPatch) -> None:
    """The stock moves in the wrong direction."""
    original = Movement

    def movement(*said: Any) -> Any:  # noqa: ANN401 — handed on
        place, sku, source, reason, quantity, at = said
        return original(place, sku, source, reason, -quantity, at)

    patch.setattr("sync.hq.returns.reading.Movement", movement)
