"""Receipts after the sale: find one, show it with what came back of it, print it again as a copy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact
from pos_app.domain.ids import ReceiptNumber
from pos_app.domain.receipt import Receipt, receipt_of, receipt_of_returned
from pos_app.domain.returned import KnownSale
from pos_app.domain.sale import FACT_KIND
from pos_app.services.ports import Journal, ReceiptQueue

RECENT_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Receipts:
    """The sales and returns of this register as paper."""

    journal: Journal
    queue: ReceiptQueue
    store_name: str

    def recent(self) -> Sequence[Receipt]:
        """List the newest receipts, newest first."""
        sales, returns = self.journal.recent_sales(RECENT_LIMIT), self.journal.recent_returns(RECENT_LIMIT)
        newest = sorted([*sales, *returns], key=lambda fact: fact.position, reverse=True)[:RECENT_LIMIT]
        return [self._copy(fact) for fact in newest]

    def sales(self) -> Sequence[Receipt]:
        """List the newest receipts of sales alone."""
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
        build = receipt_of if fact.kind == FACT_KIND else receipt_of_returned
        receipt = build(fact.body, at=fact.at, operator=fact.operator, store_name=self.store_name, copy=True)
        if fact.kind != FACT_KIND:
            return receipt
        returns = tuple(each.body for each in self.journal.returns_of(receipt.number))
        return replace(receipt, came_back=KnownSale(fact.body, fact.at, fact.operator, returns).came_back)
