"""Receipts after the sale: find one, show it, print it again as a copy."""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact
from pos_app.domain.ids import ReceiptNumber
from pos_app.domain.receipt import Receipt, receipt_of
from pos_app.services.ports import Journal, ReceiptQueue

RECENT_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Receipts:
    """The sales of this register as paper."""

    journal: Journal
    queue: ReceiptQueue
    store_name: str

    def recent(self) -> Sequence[Receipt]:
        """List the newest receipts, newest first."""
        return [self._copy(fact) for fact in self.journal.recent_sales(RECENT_LIMIT)]

    def find(self, number: str) -> Receipt:
        """Find a receipt by its printed number; raise ``Refusal`` when it is malformed or not ours."""
        wanted = str(ReceiptNumber.parse(number))
        fact = self.journal.sale_by_receipt(wanted)
        if fact is None:
            raise Refusal("receipt_unknown", text=wanted)
        return self._copy(fact)

    def reprint(self, number: str) -> Receipt:
        """Queue a copy, marked as one."""
        receipt = self.find(number)
        self.queue.put(receipt)
        return receipt

    def _copy(self, fact: Fact) -> Receipt:
        return receipt_of(fact.body, at=fact.at, operator=fact.operator, store_name=self.store_name, copy=True)
