"""A drawer to work at: the real use cases over a real journal, with a cashier, a second one and a manager."""

from dataclasses import dataclass, field
from pathlib import Path

from pos_app.domain.cash_count import CashCount
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.returned import refunding
from pos_app.services.approvals import Approvals, Consent
from pos_app.services.returning import Asked, Returning, ReturningParts
from pos_app.services.shifts import ShiftParts, Shifts
from pos_app.services.signing_in import SigningIn
from tests.support.memory_replica import MemoryReplica
from tests.support.plain_pins import PlainPins
from tests.support.ports import CountedIds, HandClock
from tests.support.small_shop import OPENING, PLACE, RICE_CODE, Counter

XIAOMAN = Operator(OperatorId("1001"), "林小满", "cashier", "1234")
LIQUN = Operator(OperatorId("1002"), "周立群", "cashier", "2345")
WENQING = Operator(OperatorId("2001"), "许文清", "manager", "9999")
AGREES = Consent("2001", "9999")
STORE = "禾丰路旗舰店"


@dataclass(slots=True)
class Drawer:
    """A register that sells from its own files, and the drawer beside it."""

    folder: Path
    ids: CountedIds = field(default_factory=CountedIds)
    counter: Counter = field(init=False)
    approvals: Approvals = field(init=False)
    shifts: Shifts = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self, clock: HandClock | None = None) -> None:
        """Open the files."""
        counter = self.counter = Counter(self.folder, clock=clock or HandClock(OPENING), ids=self.ids)
        people = MemoryReplica(operators=[XIAOMAN, LIQUN, WENQING])
        signing_in = SigningIn(counter.journal, people, counter.clock, PlainPins(), counter.tray)
        tray, self.approvals = counter.tray, Approvals(signing_in)
        parts = ShiftParts(counter.journal, counter.clock, self.ids, tray, tray, self.approvals)
        self.shifts = Shifts(parts, PLACE, STORE)

    def sell(self, times: int = 1) -> str:
        """Sell rice for cash; give the receipt's number."""
        self.counter.selling.scan(RICE_CODE, times=times)
        due = self.counter.selling.view().quote.payable
        return str(self.counter.selling.complete_with_cash(due, XIAOMAN.id).sale.receipt)

    def give_back(self, receipt: str) -> None:
        """Give back all of a sale."""
        counter, tray = self.counter, self.counter.tray
        parts = ReturningParts(counter.journal, counter.replica, counter.clock, self.ids, tray, tray)
        returning = Returning(parts, PLACE, STORE, self.approvals)
        sale = returning.find(receipt)
        told = refunding(sale, sale.left()).amount
        returning.give_back(Asked(sale, sale.left(), "unwanted", told), XIAOMAN)

    def restart(self) -> None:
        """Close the files and open them again, at the same hour."""
        clock = self.counter.clock
        self.close()
        self.open(clock)

    def close(self) -> None:
        """Close the files."""
        self.counter.close()


def counted(fen: int) -> CashCount:
    """Lay out a sum in notes and coins, the largest first; what is below the smallest is left out."""
    pieces: dict[int, int] = {}
    for value in (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10):
        if fen >= value:
            pieces[value], fen = divmod(fen, value)
    return CashCount(pieces)


def fen(yuan: int) -> Fen:
    """Write yuan as fen."""
    return Fen(yuan * 100)
