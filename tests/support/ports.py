"""Fakes of the counter's ports, for tests of the use cases alone: all in memory, nothing clever."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from pos_app.domain.basket import Basket
from pos_app.domain.errors import DiskFull
from pos_app.domain.facts import GENESIS, ChainHead, Fact, Happening, Position, next_fact
from pos_app.domain.ids import BasketId, DeviceId, ReceiptNumber, TenderId
from pos_app.domain.ledger import LedgerKey, Pending, PendingEntry
from pos_app.domain.receipt import Receipt
from pos_app.domain.shift_report import ShiftReport
from pos_app.domain.suspended_basket import SuspendedBasket
from pos_app.domain.taken_tenders import TakenTender
from pos_app.services.ports import Written
from tests.support.memory_shifts import MemoryShifts

DEVICE = DeviceId("S001-R1")


@dataclass(slots=True)
class HandClock:
    """A clock that a test turns."""

    at: datetime = datetime(2026, 6, 18, 10, tzinfo=UTC)

    def now(self) -> datetime:
        """Give the time it was turned to."""
        return self.at

    def turn(self, by: timedelta) -> None:
        """Turn it on."""
        self.at += by


@dataclass(slots=True)
class HandLine:
    """A line that a test cuts."""

    up: bool = True

    def is_up(self) -> bool:
        """Tell whether it is up."""
        return self.up


@dataclass(slots=True)
class CountedIds:
    """Identities 1, 2, 3 …."""

    last: int = 0

    def new(self) -> UUID:
        """Give the next one."""
        self.last += 1
        return UUID(int=self.last)


@dataclass(slots=True)
class MemoryJournal(MemoryShifts):
    """A journal that forgets everything with the test; ``full`` makes every write fail as a full disk does."""

    facts: list[Fact] = field(default_factory=list)
    pending: list[tuple[LedgerKey, PendingEntry]] = field(default_factory=list)
    baskets: dict[BasketId, Basket] = field(default_factory=dict)
    suspended: dict[BasketId, SuspendedBasket] = field(default_factory=dict)
    full: bool = False
    tenders: dict[TenderId, TakenTender] = field(default_factory=dict)

    def append(
        self,
        happening: Happening,
        pending: Sequence[Pending] = (),
        *,
        closes: BasketId | None = None,
        keeps: TakenTender | None = None,
        drops: TenderId | None = None,
    ) -> Fact:
        """Append to the chain."""
        self._write()
        last = self.facts[-1] if self.facts else None
        head = ChainHead(Position(1, 0), GENESIS) if last is None else ChainHead(last.position, last.hash)
        fact = next_fact(DEVICE, head, happening)
        self.facts.append(fact)
        self.pending += [(entry.ledger, PendingEntry(fact.position, entry.delta)) for entry in pending]
        if closes is not None:
            self.baskets.pop(closes, None)
            sold = [own for own, each in self.tenders.items() if each.basket == closes and each.state != "reversing"]
            for own in sold:
                del self.tenders[own]
        if keeps is not None:
            self.tenders[keeps.id] = keeps
        if drops is not None:
            self.tenders.pop(drops, None)
        return fact

    def append_all(self, written: Sequence[Written], *, closes: BasketId | None = None) -> Sequence[Fact]:
        """Append them, one after the other."""
        self._write()
        return [self.append(happening, pending, closes=closes) for happening, pending in written]

    def append_keeping(self, happening: Happening, basket: Basket) -> Fact:
        """Append, and keep."""
        self.baskets[basket.id] = basket
        return self.append(happening)

    def append_dropping(self, happening: Happening, basket: BasketId) -> Fact:
        """Append, and forget."""
        self.drop_basket(basket)
        return self.append(happening)

    def head(self) -> ChainHead:
        """Give the end."""
        last = self.facts[-1] if self.facts else None
        return ChainHead(Position(1, 0), GENESIS) if last is None else ChainHead(last.position, last.hash)

    def facts_behind(self, position: Position, limit: int) -> Sequence[Fact]:
        """List those behind."""
        return [fact for fact in self.facts if fact.position > position][:limit]

    def keep_tender(self, tender: TakenTender) -> None:
        """Keep it."""
        self._write()
        self.tenders[tender.id] = tender

    def drop_tender(self, tender: TenderId) -> None:
        """Forget it."""
        self._write()
        self.tenders.pop(tender, None)

    def taken_tenders(self) -> Sequence[TakenTender]:
        """List them."""
        return list(self.tenders.values())

    def next_receipt(self, business_date: date) -> ReceiptNumber:
        """Count the day's sales."""
        sales = [fact for fact in self.facts if "receipt" in fact.body]
        today = [fact for fact in sales if fact.body.get("business_date") == business_date.isoformat()]
        return ReceiptNumber(DEVICE, business_date, len(today) + 1)

    def keep_basket(self, basket: Basket) -> None:
        """Keep it."""
        self._write()
        self.baskets[basket.id] = basket

    def drop_basket(self, basket: BasketId) -> None:
        """Forget it."""
        self._write()
        self.baskets.pop(basket, None)

    def sync(self) -> None:
        """There is no disk."""

    def suspend_basket(self, suspended: SuspendedBasket) -> None:
        """Suspend it."""
        self._write()
        self.baskets.pop(suspended.id, None)
        self.suspended[suspended.id] = suspended

    def suspended_baskets(self) -> Sequence[SuspendedBasket]:
        """List those that are suspended."""
        return sorted(self.suspended.values(), key=lambda each: each.id, reverse=True)

    def recall_basket(self, basket: BasketId) -> Basket | None:
        """Recall it."""
        suspended = self.suspended.pop(basket, None)
        if suspended is None:
            return None
        self._write()
        self.baskets = {basket: suspended.basket}
        return suspended.basket

    def adopt_basket(self, basket: Basket) -> None:
        """Take it."""
        self._write()
        self.suspended.pop(basket.id, None)
        self.baskets = {basket.id: basket}

    def open_basket(self) -> Basket | None:
        """Give the kept one."""
        return next(iter(self.baskets.values()), None)

    def pending_of(self, key: LedgerKey) -> Sequence[PendingEntry]:
        """List the entries of a key."""
        return [entry for ledger, entry in self.pending if ledger == key]

    def facts_naming(self, word: str, behind: Position) -> Sequence[Fact]:
        """Search all facts."""
        del behind
        return [fact for fact in self.facts if word.encode() in fact.canonical]

    def registrations(self) -> Sequence[Fact]:
        """List the facts of that kind, newest first."""
        return [fact for fact in reversed(self.facts) if fact.kind == "member_registered"]

    def sale_by_receipt(self, receipt: str) -> Fact | None:
        """Search the facts."""
        return next((fact for fact in self.facts if fact.body.get("receipt") == receipt), None)

    def recent_sales(self, limit: int) -> Sequence[Fact]:
        """List sales, newest first."""
        return [fact for fact in reversed(self.facts) if fact.kind == "sale"][:limit]

    def returns_of(self, receipt: str) -> Sequence[Fact]:
        """List those of a sale."""
        made = reversed(self.recent_returns(len(self.facts)))
        return [fact for fact in made if (fact.body["original"] or {}).get("receipt") == receipt]

    def recent_returns(self, limit: int) -> Sequence[Fact]:
        """List returns and voids, newest first."""
        return [fact for fact in reversed(self.facts) if fact.kind in {"return", "void"}][:limit]

    def _write(self) -> None:
        if self.full:
            raise DiskFull("disk_full")


@dataclass(slots=True)
class Tray:
    """Where receipts pile up, and how often the sync engine was nudged."""

    receipts: list[Receipt] = field(default_factory=list)
    reports: list[ShiftReport] = field(default_factory=list)
    drawer_opened: int = 0
    nudges: int = 0

    def put(self, receipt: Receipt) -> None:
        """Pile up."""
        self.receipts.append(receipt)

    def put_report(self, report: ShiftReport) -> None:
        """Pile up."""
        self.reports.append(report)

    def open_drawer(self) -> None:
        """Count."""
        self.drawer_opened += 1

    def facts_waiting(self) -> None:
        """Count."""
        self.nudges += 1
