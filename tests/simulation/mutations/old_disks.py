"""Faults of a register that goes on behind an old disk, and of one that compacts its journal."""

from typing import Any

import pytest

from pos_app.proving.simulate.weather import OLD_DISK
from pos_app.store.journal import branches, compacting
from tests.simulation.mutations.registry import mutation


@mutation("receipts_without_gap", "chains_verify", weather=OLD_DISK)
def receipts_of_lost_sales_are_used_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(branches._Writer, "_use_receipt", lambda *_: None)


@mutation("no_sale_forgotten", weather=OLD_DISK)
def refused_facts_are_left_behind(patch: pytest.MonkeyPatch) -> None:
    original = branches._Writer.append

    def append(self: branches._Writer, happening: Any) -> Any:  # noqa: ANN401 — handed on
        return None if happening.kind == "adopted" else original(self, happening)

    patch.setattr(branches._Writer, "append", append)


@mutation("no_fact_is_lost", "facts_exactly_once", "chains_verify", weather=OLD_DISK)
def lost_facts_are_not_taken_in(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(branches._Writer, "take_in", lambda *_: None)


@mutation("chains_verify", "counter_never_breaks", weather=OLD_DISK, first=2)
def a_compacted_journal_has_no_checkpoint(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(compacting, "_NOTE", "SELECT ?, ?")
