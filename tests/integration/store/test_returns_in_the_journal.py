"""Returns among the facts of a real journal: found by their sale, by an index, also when a refused branch is taken
over; a register that dies at any statement of one has all of it or none.
"""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pos_app.domain.branches import Opening, Parting
from pos_app.domain.consequences import pending_of_fact
from pos_app.domain.facts import GENESIS, START, ChainHead, Fact, Position
from pos_app.domain.ids import OperatorId, Sku
from pos_app.domain.ledger import stock_key
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.returned import refunding
from pos_app.services.approvals import Approvals
from pos_app.services.exchanging import Exchanging, difference_of
from pos_app.services.returning import Asked, CompletedReturn, Returning, ReturningParts
from pos_app.services.signing_in import SigningIn
from pos_app.store.journal.branches import GoingOn, begin_epoch
from pos_app.store.journal.journal import _RETURNS, _RETURNS_NAMING
from tests.support.plain_pins import PlainPins
from tests.support.small_shop import OIL, OIL_CODE, PLACE, RICE, RICE_CODE, Counter, reopened

CASHIER = OperatorId("1001")
PERSON = Operator(CASHIER, "林小满", "cashier", "1234")


@pytest.fixture
def counter(tmp_path: Path, replica_store: object) -> Iterator[Counter]:
    del replica_store
    made = Counter(tmp_path)
    yield made
    made.close()


def returning_at(counter: Counter) -> Returning:
    parts = ReturningParts(counter.journal, counter.replica, counter.clock, counter.ids, counter.tray, counter.tray)
    signing_in = SigningIn(counter.journal, counter.replica, counter.clock, PlainPins(), counter.tray)
    return Returning(parts, PLACE, "禾丰路旗舰店", Approvals(signing_in))


def sell(counter: Counter, times: int = 2) -> str:
    counter.selling.scan(RICE_CODE, times)
    return str(counter.selling.complete_with_cash(Fen(1_000_000), CASHIER).sale.receipt)


def give_back(counter: Counter, receipt: str, quantity: int = 1000) -> CompletedReturn:
    returning = returning_at(counter)
    sale = returning.find(receipt)
    told = refunding(sale, {1: quantity}).amount
    return returning.give_back(Asked(sale, {1: quantity}, "unwanted", told), PERSON)


def test_returns_are_found_by_their_sale_and_the_newest_first(counter: Counter) -> None:
    first, second = sell(counter), sell(counter)
    one, two, three = (give_back(counter, receipt).receipt.number for receipt in (first, second, first))

    def receipts(facts: Sequence[Fact]) -> list[str]:
        return [fact.body["receipt"] for fact in facts]

    assert receipts(counter.journal.returns_of(first)) == [one, three]
    assert receipts(counter.journal.recent_returns(2)) == [three, two]
    assert counter.journal.returns_of(one) == []
    counter.journal.verify()


@pytest.mark.parametrize("statement", [_RETURNS, _RETURNS_NAMING])
def test_sales_are_not_read_through_for_them(counter: Counter, statement: str) -> None:
    with sqlite3.connect(counter.journal.path) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", (1,)).fetchall()
    connection.close()

    assert any("ix_fact_returns" in step[-1] for step in plan)


def test_a_return_of_a_refused_branch_is_found_where_it_stands_now(counter: Counter) -> None:
    receipt = sell(counter)
    give_back(counter, receipt)
    parting = Parting(START, ChainHead(Position(1, 80), GENESIS), frozen=True)
    going_on = GoingOn(Opening("forked", parting.head), counter.clock.now().isoformat(), OperatorId("1009"))

    begin_epoch(counter.journal, parting, going_on, pending_of_fact)

    (fact,) = counter.journal.returns_of(receipt)
    assert (fact.kind, fact.position.epoch) == ("return", 2)
    assert returning_at(counter).find(receipt).left() == {1: 1000}
    assert sum(each.delta for each in counter.journal.pending_of(stock_key(Sku(RICE)))) == -1000


def test_an_exchange_is_two_facts_in_one_transaction_each_with_its_own_amounts(counter: Counter) -> None:
    receipt = sell(counter)
    returning = returning_at(counter)
    sale = returning.find(receipt)
    back = refunding(sale, {1: 1000})
    counter.selling.scan(OIL_CODE)
    told = difference_of(back, counter.selling.view())
    commits: list[str] = []
    counter.journal.reading().set_trace_callback(lambda said: commits.append(said) if said == "COMMIT" else None)

    asked = Asked(sale, {1: 1000}, "unwanted", back.amount)
    Exchanging(returning, counter.selling).complete(asked, told, PERSON, received=told.due)

    counter.journal.reading().set_trace_callback(None)
    assert len(commits) == 1
    counter.journal.verify()
    at = counter.journal.head().position.seq
    assert [(each.position.seq, each.delta) for each in counter.journal.pending_of(stock_key(Sku(RICE)))] == [
        (at - 2, -2000),
        (at - 1, 1000),
    ]
    assert [(each.position.seq, each.delta) for each in counter.journal.pending_of(stock_key(Sku(OIL)))] == [
        (at, -1000)
    ]
    assert counter.journal.open_basket() is None


PROGRAM = """
import os, signal, sys
from pathlib import Path
from tests.integration.store.test_returns_in_the_journal import give_back
from tests.support.small_shop import Counter, PLACE

class Register(Counter):
    def __post_init__(self):
        from pos_app.store.replica.reader import ReplicaReader
        from tests.support.small_shop import DEVICE, reopened
        self.journal, self.replica = reopened(self.folder / "journal.db"), ReplicaReader(self.folder, DEVICE)

left = int(sys.argv[3])

def burn(_statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

register = Register(Path(sys.argv[1]))
register.ids.last = 1000 * int(sys.argv[3])
register.journal.reading().set_trace_callback(burn)
print(give_back(register, sys.argv[2]).receipt.number, flush=True)
"""


def test_a_register_killed_at_a_statement_gave_all_of_a_return_back_or_nothing(
    tmp_path: Path, counter: Counter
) -> None:
    receipt = sell(counter, 9)
    outcomes = []
    for at in (1, 3, 5, 7, 8, 9, 10, 11, 60):
        counter.journal.close()
        command = [sys.executable, "-c", PROGRAM, str(tmp_path), receipt, str(at)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        counter.journal = reopened(tmp_path / "journal.db")

        counter.journal.verify()
        returns = counter.journal.returns_of(receipt)
        left = returning_at(counter).find(receipt).left()[1]
        assert left == 9000 - 1000 * len(returns)
        assert sum(each.delta for each in counter.journal.pending_of(stock_key(Sku(RICE)))) == -left
        assert not done.stdout or returns[-1].body["receipt"] == done.stdout.strip(), done.stderr
        outcomes.append((done.returncode, len(returns)))

    killed = [count for code, count in outcomes if code == -signal.SIGKILL]
    assert len(killed) >= 3, outcomes
    assert outcomes[-1][0] == 0
    assert [count for _, count in outcomes] == sorted(count for _, count in outcomes)
