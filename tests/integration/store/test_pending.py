"""Confirmed base + own unconfirmed facts: the sum on the screen is what was there less what was sold, whatever
headquarters has confirmed by now and whatever the journal has tidied away.
"""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pos_app.domain.consequences import pending_of_fact
from pos_app.domain.facts import START, Position
from pos_app.domain.ids import OperatorId, Sku
from pos_app.domain.ledger import Applied, ConfirmedAmount, LedgerKey, stock_key
from pos_app.domain.money import Fen
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.settling import KEPT_FOR, Settling, follow_base
from sync.protocol.stream import Standing
from tests.support.small_shop import DEVICE, OIL, OPENING, RICE, Counter, new_journal, reopened, signed_in, sold

OPENING_STOCK = 1_000_000
SKUS = (RICE, OIL, "A", "B")


class StockOnTheScreen(RuleBasedStateMachine):
    """A register sells; headquarters applies, quarantines, publishes and goes back, whenever it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.journal = new_journal(Path(self.folder.name) / "journal.db")
        self.settling = Settling(self.journal)
        self.now = OPENING
        self.sales: list[tuple[Position, str, int]] = []
        self.published = {sku: ConfirmedAmount(OPENING_STOCK) for sku in SKUS}
        self.acked = START
        self.quarantined: frozenset[Position] = frozenset()
        self.incarnation, self.rev = 1, 1

    @rule(sku=st.sampled_from(SKUS), quantity=st.integers(1, 5000))
    def sell(self, sku: str, quantity: int) -> None:
        fact = sold(self.journal, sku, quantity)
        self.sales.append((fact.position, sku, quantity))

    @rule()
    def sign_in(self) -> None:
        signed_in(self.journal)

    @rule(data=st.data())
    def headquarters_applies_up_to(self, data: st.DataObject) -> None:
        """Some facts more, of which some cannot be read."""
        head = self.journal.head().position.seq
        through = data.draw(st.integers(self.acked.seq, head))
        coming = [Position(1, seq) for seq in range(self.acked.seq + 1, through + 1)]
        self.quarantined |= frozenset(
            position for position in coming if data.draw(st.booleans()) and position.seq % 5 == 0
        )
        self.acked = Position(1, through) if through else START

    @rule()
    def headquarters_reads_the_quarantine(self) -> None:
        self.quarantined = frozenset()

    @rule(sku=st.sampled_from(SKUS))
    def a_document_comes_down(self, sku: str) -> None:
        """Each at its own time, and not all of them."""
        applied = Applied(self.acked, self.quarantined)
        gone = sum(quantity for position, each, quantity in self.sales if each == sku and applied.contains(position))
        self.rev += 1
        self.published[sku] = ConfirmedAmount(OPENING_STOCK - gone, {DEVICE: applied})

    @rule(steps=st.integers(1, 3))
    def the_journal_tidies(self, steps: int) -> None:
        self.follow()
        for _ in range(steps):
            self.settling.step(self.confirmed, self.now)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def the_register_starts_again(self) -> None:
        self.journal.close()
        self.journal = reopened(self.journal.path)
        self.settling = Settling(self.journal)

    @precondition(lambda self: self.acked > START)
    @rule(data=st.data())
    def headquarters_is_restored_from_a_backup(self, data: st.DataObject) -> None:
        back = data.draw(st.integers(0, self.acked.seq - 1))
        self.acked = Position(1, back) if back else START
        self.quarantined = frozenset(position for position in self.quarantined if position <= self.acked)
        for sku in SKUS:
            self.a_document_comes_down(sku)
        self.incarnation, self.rev = self.incarnation + 1, 1
        self.follow()

    def follow(self) -> None:
        base = Standing({"store:S001": self.rev}, f"hq-{self.incarnation}")
        follow_base(self.journal, base, pending_of_fact)

    def confirmed(self, key: LedgerKey) -> Applied:
        return self.published[key.key].applied.get(DEVICE, Applied(START))

    @invariant()
    def the_screen_shows_what_was_there_less_what_was_sold(self) -> None:
        for sku in SKUS:
            sold_so_far = sum(quantity for _, each, quantity in self.sales if each == sku)
            shown = self.published[sku].seen_by(DEVICE, self.journal.pending_of(stock_key(Sku(sku))))
            assert shown == OPENING_STOCK - sold_so_far

    def teardown(self) -> None:
        self.journal.close()
        self.folder.cleanup()


StockOnTheScreen.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestStockOnTheScreen = StockOnTheScreen.TestCase


def test_a_pending_amount_stays_a_day_after_it_reached_its_base(journal: Journal) -> None:
    key = stock_key(Sku(RICE))
    fact, later = sold(journal), sold(journal)
    settling = Settling(journal)

    def up_to_the_first(_key: LedgerKey) -> Applied:
        return Applied(fact.position)

    settling.step(up_to_the_first, OPENING)
    settling.step(up_to_the_first, OPENING + KEPT_FOR - timedelta(seconds=1))
    assert [entry.position for entry in journal.pending_of(key)] == [fact.position, later.position]

    settling.step(up_to_the_first, OPENING + KEPT_FOR)
    assert [entry.position for entry in journal.pending_of(key)] == [later.position]


def test_a_base_that_went_back_before_the_day_was_over_needs_its_amounts_again(journal: Journal) -> None:
    fact = sold(journal)
    settling = Settling(journal)
    settling.step(lambda _: Applied(fact.position), OPENING)
    settling.step(lambda _: Applied(START), OPENING + timedelta(hours=1))

    settling.step(lambda _: Applied(fact.position), OPENING + timedelta(hours=26))

    assert len(journal.pending_of(stock_key(Sku(RICE)))) == 1


def test_tidying_goes_through_many_products_in_small_steps(tmp_path: Path) -> None:
    with closing(new_journal(tmp_path / "journal.db")) as journal:
        facts = [sold(journal, f"SKU-{number:03d}") for number in range(250)]
        settling = Settling(journal)
        asked: list[str] = []

        def confirmed(key: LedgerKey) -> Applied:
            asked.append(key.key)
            return Applied(facts[-1].position)

        steps = 1
        while settling.step(confirmed, OPENING):
            steps += 1

        assert steps == 3
        assert asked == [f"SKU-{number:03d}" for number in range(250)]
        while settling.step(confirmed, OPENING + timedelta(days=2)):
            pass
        assert journal.reading().execute("SELECT count(*) FROM pending").fetchone() == (0,)


def test_tidying_that_changes_nothing_writes_nothing(journal: Journal) -> None:
    sold(journal)
    before = journal.reading().total_changes

    Settling(journal).step(lambda _: Applied(START), OPENING)

    assert journal.reading().total_changes == before


def test_rows_are_made_again_when_the_base_goes_back_and_only_then(journal: Journal) -> None:
    facts = [sold(journal), sold(journal), signed_in(journal), sold(journal, OIL)]
    settling = Settling(journal)
    base = Standing({"chain": 9, "store:S001": 5}, "hq-1")

    def everything(_key: LedgerKey) -> Applied:
        return Applied(facts[-1].position)

    assert follow_base(journal, Standing(), pending_of_fact) == 0
    assert follow_base(journal, base, pending_of_fact) == 0
    settling.step(everything, OPENING)
    settling.step(everything, OPENING + KEPT_FOR)
    assert journal.pending_of(stock_key(Sku(RICE))) == []

    for forward in (base, Standing({"chain": 9, "store:S001": 6}, "hq-1"), Standing()):
        assert follow_base(journal, forward, pending_of_fact) == 0
    assert journal.pending_of(stock_key(Sku(RICE))) == []

    for back in (Standing({"chain": 9, "store:S001": 5}, "hq-1"), Standing({"chain": 9, "store:S001": 5}, "hq-2")):
        assert follow_base(journal, back, pending_of_fact) == 4
    assert [entry.position for entry in journal.pending_of(stock_key(Sku(RICE)))] == [
        fact.position for fact in facts[:2]
    ]
    assert [entry.position for entry in journal.pending_of(stock_key(Sku(OIL)))] == [facts[3].position]


def test_a_fact_says_again_what_its_sale_said(counter: Counter) -> None:
    counter.selling.scan("6901234567892", times=2)
    counter.selling.scan("16901234567899")
    counter.selling.scan("6907992500133")
    sale = counter.selling.complete_with_cash(Fen(1_000_000), OperatorId("1001")).sale

    (fact,) = counter.journal.recent_sales(1)

    assert pending_of_fact(fact) == sale.pending()
    assert {(each.ledger.key, each.delta) for each in sale.pending()} == {(RICE, -6000), (OIL, -1000)}
