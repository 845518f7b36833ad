"""Faults of the counter."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from pos_app.domain.facts import ChainHead, Fact, Happening, Position
from pos_app.domain.ids import BasketId, ReceiptNumber
from pos_app.domain.ledger import Applied, ConfirmedAmount, Pending, PendingEntry
from pos_app.store.journal import journal as journal_module
from pos_app.store.journal import settling
from pos_app.store.journal.chain import read_head as read_head_of
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.settling import Settling
from pos_app.store.replica.reader import ReplicaReader
from tests.simulation.mutations.registry import mutation

Written = Sequence[tuple[Happening, Sequence[Pending]]]


@mutation("amounts_seen")
def pending_is_counted_beside_what_contains_it(patch: pytest.MonkeyPatch) -> None:
    """Counts pending twice."""

    def seen_by(self: ConfirmedAmount, _: object, pending: Iterable[PendingEntry]) -> int:
        return self.amount + sum(entry.delta for entry in pending)

    patch.setattr(ConfirmedAmount, "seen_by", seen_by)


@mutation("pending_settles")
def pending_never_settles(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Settling, "step", lambda *_: False)


@mutation("amounts_seen")
def pending_goes_as_soon_as_it_is_acknowledged(patch: pytest.MonkeyPatch) -> None:
    """Not when the amount that contains it has come down."""
    patch.setattr(ReplicaReader, "settled", lambda self, _: Applied(self.acknowledged()))
    patch.setattr(settling, "KEPT_FOR", timedelta())


@mutation("counter_never_breaks")
def a_seq_is_used_again(patch: pytest.MonkeyPatch) -> None:
    original = read_head_of

    def read_head(connection: Any, epoch: int) -> ChainHead:  # noqa: ANN401 — handed on
        head = original(connection, epoch)
        seq = head.position.seq
        return head if seq == 0 else ChainHead(Position(head.position.epoch, seq - 1), head.hash)

    patch.setattr(journal_module, "read_head", read_head)


@mutation("baskets_survive", "refused_leaves_nothing", first=7)
def the_basket_is_kept_in_memory(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Journal, "keep_basket", lambda *_: None)


@mutation("counter_never_breaks", "receipts_without_gap", first=3)
def receipts_are_numbered_from_memory(patch: pytest.MonkeyPatch) -> None:
    numbers: dict[tuple[int, date], int] = {}

    def next_receipt(self: Journal, business_date: date) -> ReceiptNumber:
        return ReceiptNumber(self.device, business_date, numbers.get((id(self), business_date), 0) + 1)

    original = Journal.append_all

    def append_all(self: Journal, written: Written, *, closes: BasketId | None = None) -> Sequence[Fact]:
        facts = original(self, written, closes=closes)
        for happening, _ in written:
            if "receipt" in happening.body:
                used = ReceiptNumber.parse(happening.body["receipt"])
                numbers[id(self), used.business_date] = used.number
        return facts

    patch.setattr(Journal, "next_receipt", next_receipt)
    patch.setattr(Journal, "append_all", append_all)
