"""Whatever happens at a drawer, in whatever order: what it holds = float + cash taken + in − out ± differences."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.facts import Happening
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.sale import Place
from pos_app.domain.shift_figures import Figures
from pos_app.services.approvals import Approvals, Consent
from pos_app.services.shifts import ShiftParts, Shifts
from pos_app.services.signing_in import SigningIn
from tests.support.drawer import LIQUN, WENQING, XIAOMAN, counted
from tests.support.memory_replica import MemoryReplica
from tests.support.plain_pins import PlainPins
from tests.support.ports import CountedIds, HandClock, MemoryJournal, Tray

AMOUNTS = st.integers(1, 50_000).map(lambda jiao: 10 * jiao)
EVENTS = st.one_of(
    st.tuples(st.just("cash"), AMOUNTS),
    st.tuples(st.just("wechat"), AMOUNTS),
    st.tuples(st.just("return"), AMOUNTS),
    st.tuples(st.just("in"), AMOUNTS),
    st.tuples(st.just("out"), AMOUNTS),
    st.tuples(st.just("count"), st.integers(-500, 500).map(lambda jiao: 10 * jiao)),
    st.tuples(st.just("hand_over"), st.just(0)),
)


@dataclass(slots=True)
class Hand:
    """Does the events, and counts what truly lies in the drawer on its fingers."""

    journal: MemoryJournal = field(default_factory=MemoryJournal)
    truly: int = 0
    told: int = 0
    """What the drawer should hold by the facts; what was miscounted was never there."""
    shifts: Shifts = field(init=False)

    def __post_init__(self) -> None:
        clock, tray = HandClock(), Tray()
        people = MemoryReplica(operators=[XIAOMAN, LIQUN, WENQING])
        signing_in = SigningIn(self.journal, people, clock, PlainPins(), tray)
        parts = ShiftParts(self.journal, clock, CountedIds(), tray, tray, Approvals(signing_in))
        self.shifts = Shifts(parts, Place("S001", "east", 1), "禾丰路店")

    def happen(self, kind: str, amount: int) -> None:
        if kind in {"cash", "wechat"}:
            self.sell(kind, amount)
            self.told += amount if kind == "cash" else 0
        elif kind == "return":
            body = {"tenders": [{"kind": "cash", "amount": -amount}], "receipt": "R"}
            self.journal.append(Happening("return", 1, "2026-06-18T10:00:00+00:00", OperatorId("1001"), body))
            self.told -= amount
        elif kind in {"in", "out"}:
            direction = "in" if kind == "in" else "out"
            self.shifts.move(WENQING, direction, Fen(amount), reason="解款")  # type: ignore[arg-type] # of the two
            self.told += amount if kind == "in" else -amount
        else:
            found = max(self.told + amount, 0)
            outcome = self.shifts.count(XIAOMAN, counted(found))
            assert (outcome.expected, outcome.difference) == (self.told, found - self.told)
            if kind == "hand_over":
                self.hand_over(found)

    def hand_over(self, found: int) -> None:
        shift = self.shifts.state().shift
        assert shift is not None
        taker = LIQUN if shift.operator == XIAOMAN.id else XIAOMAN
        self.shifts.hand_over(XIAOMAN, "差异", Consent(taker.id, taker.pin_hash))
        # the next one answers for what was counted
        self.told = found

    def sell(self, kind: str, amount: int) -> None:
        shift = self.shifts.state().shift
        figures = {"gross": amount, "saving": 0, "points_used": 0, "points_amount": 0, "rounding": 0, "payable": amount}
        tenders = [{"kind": kind, "amount": amount, "received": amount, "change": 0}]
        body = {**figures, "points_earned": 0, "coupons": [], "tenders": tenders, "receipt": "R"}
        at = "2026-06-18T10:00:00+00:00"
        named = {} if shift is None else {"shift": shift.id}
        self.journal.append(Happening("sale", 2, at, OperatorId("1001"), body | named))


@given(st.integers(0, 10_000), st.lists(EVENTS, max_size=20), st.lists(EVENTS, max_size=20))
def test_any_interleaving_of_sales_moves_and_counts_adds_up(
    float_jiao: int, events: list[tuple[str, int]], more: list[tuple[str, int]]
) -> None:
    hand = Hand()
    hand.shifts.open(XIAOMAN, Fen(float_jiao * 10))
    hand.told = float_jiao * 10
    for kind, amount in events:
        hand.happen(kind, amount)
    # an X report in between adds nothing up twice
    assert hand.shifts.report(WENQING).expected == hand.told
    for kind, amount in more:
        hand.happen(kind, amount)

    report = hand.shifts.report(WENQING)
    figures, cash = report.figures, report.figures.tenders.get("cash")
    assert report.expected == hand.told
    taken = 0 if cash is None else cash.amount
    back = figures.paid_back["cash"].amount if figures.paid_back else 0
    assert report.expected == report.float_fen + taken - back + figures.cash_in.amount - figures.cash_out.amount
    assert sum(each.amount for each in figures.tenders.values()) == figures.net


@given(st.lists(EVENTS, max_size=25), st.integers(0, 25))
def test_two_shifts_together_are_the_sum_of_their_facts(events: list[tuple[str, int]], cut: int) -> None:
    hand = Hand()
    hand.shifts.open(XIAOMAN, Fen(0))
    for kind, amount in events:
        if kind != "hand_over":
            hand.happen(kind, amount)
    facts = hand.journal.facts

    def folded(some: list) -> Figures:  # type: ignore[type-arg] # facts
        figures = Figures()
        for fact in some:
            figures = figures.plus(fact)
        return figures

    together = folded(facts[:cut]).together(folded(facts[cut:]))
    whole = folded(facts)
    assert Figures.read(together.document()) == Figures.read(whole.document())
