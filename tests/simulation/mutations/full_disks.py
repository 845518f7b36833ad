"""Faults of a counter whose disk has no room."""

from collections.abc import Sequence
from contextlib import suppress

import pytest

from pos_app.domain.errors import DiskFull
from pos_app.domain.facts import ChainHead, Fact, Happening, next_fact
from pos_app.domain.ids import BasketId
from pos_app.domain.ledger import Pending
from pos_app.proving.simulate.weather import NO_ROOM
from pos_app.services.ports import Written
from pos_app.store.journal.journal import Journal
from tests.simulation.mutations.registry import mutation

MOST_TRIES = 20
"""A disk that refuses some writes lets one of so many pass."""


@mutation("no_sale_forgotten", weather=NO_ROOM)
def a_sale_for_which_there_is_no_room_is_told_as_done(patch: pytest.MonkeyPatch) -> None:
    original = Journal.append_all

    def append_all(self: Journal, written: Sequence[Written], *, closes: BasketId | None = None) -> Sequence[Fact]:
        try:
            return original(self, written, closes=closes)
        except DiskFull:
            facts: list[Fact] = []
            head = self.head()
            for happening, _ in written:
                facts.append(next_fact(self.device, head, happening))
                head = ChainHead(facts[-1].position, facts[-1].hash)
            return facts

    patch.setattr(Journal, "append_all", append_all)


@mutation("refused_leaves_nothing", weather=NO_ROOM)
def a_sale_that_is_refused_takes_its_basket_along(patch: pytest.MonkeyPatch) -> None:
    original = Journal.append_all

    def append_all(
        self: Journal, written: Sequence[tuple[Happening, Sequence[Pending]]], *, closes: BasketId | None = None
    ) -> Sequence[Fact]:
        try:
            return original(self, written, closes=closes)
        except DiskFull:
            for _ in range(MOST_TRIES if closes is not None else 0):
                with suppress(DiskFull):
                    self.drop_basket(closes or BasketId(""))
            raise

    patch.setattr(Journal, "append_all", append_all)
