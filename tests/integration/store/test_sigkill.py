"""A register that is killed at any moment: what the customer was given is in the journal, whole; nothing else is half
there; no receipt number is used twice or skipped.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter as Count
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from pos_app.domain.errors import FileDamaged
from pos_app.domain.facts import read_fact
from pos_app.domain.ids import OperatorId, Sku
from pos_app.domain.ledger import stock_key
from pos_app.domain.money import Fen
from pos_app.domain.sale import sale_line_quantities
from pos_app.store.journal.journal import Journal
from tests.support.small_shop import DAY, Counter, reopened

SALES = 200
LONGEST_S = 75
RUNS_AT_LEAST = 12
A_SALE_TAKES_STATEMENTS = 25


@dataclass(slots=True)
class Register:
    """A register that keeps being killed, and what its customers hold in their hands."""

    folder: Path
    random: Random
    given: list[str] = field(default_factory=list)
    """Receipts in customers' hands."""
    last_seen: str = ""
    """What the screen said at the end."""
    runs: int = 0

    def run_until_killed(self) -> None:
        """Start it and let it die: at one of its statements, or at any moment at all."""
        self.runs += 1
        command = [sys.executable, "-m", "tests.support.ringing", str(self.folder), str(self.runs)]
        by_statement = self.random.random() < 0.5
        if by_statement:
            command.append(str(self.random.randint(1, 40 * A_SALE_TAKES_STATEMENTS)))
        # No buffer: `communicate` reads past one, and what `readline` had read ahead into it would be lost.
        with subprocess.Popen(command, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            said = b""
            try:
                if not by_statement:
                    said = process.stdout.readline()
                    time.sleep(self.random.uniform(0, 0.4))
                    process.kill()
                rest, complaints = process.communicate(timeout=60)
            finally:
                process.kill()
        assert process.returncode == -signal.SIGKILL, complaints.decode()
        seen = (said + rest).decode().splitlines()
        self.given += [line.split()[1] for line in seen if line.startswith("sold")]
        self.last_seen = seen[-1] if seen else ""


def check_the_basket(journal: Journal, last_seen: str) -> None:
    """A basket that was on the screen is open, with all that was shown, or it is sold."""
    match last_seen.split():
        case ["shown", shown, quantity]:
            newest = journal.recent_sales(1)
            if newest and newest[0].body["basket"] == shown:
                return
            basket = journal.open_basket()
            assert basket is not None
            assert basket.id == shown
            # at most one scan more, that was kept and not shown any more
            assert sum(line.quantity for line in basket.lines) >= int(quantity)


def check_after_the_crash(journal: Journal, given: list[str]) -> int:
    """Everything that must hold of a journal whose register was killed; how many sales it has."""
    journal.verify()
    facts = [read_fact(row) for (row,) in journal.reading().execute("SELECT canonical FROM fact ORDER BY epoch, seq")]
    receipts = [fact.body["receipt"] for fact in facts]
    # gapless and unique, in the order of the sales
    assert receipts == [f"S001-R1-{DAY:%Y%m%d}-{number:04d}" for number in range(1, len(facts) + 1)]
    assert journal.next_receipt(DAY).number == len(facts) + 1
    # whatever a customer was given is there; at most one sale was made that the register died before it could say
    assert given == receipts[: len(given)]
    # a sale is whole: its amounts, its receipt, its basket gone
    sold: Count[str] = Count()
    for fact in facts:
        assert journal.sale_by_receipt(fact.body["receipt"]) == fact
        sold.update(sale_line_quantities(fact.body))
    for sku, quantity in sold.items():
        assert -quantity == sum(entry.delta for entry in journal.pending_of(stock_key(Sku(sku))))
    (baskets,) = journal.reading().execute("SELECT count(*) FROM basket").fetchone()
    assert baskets <= 1
    (orphans,) = (
        journal.reading()
        .execute("SELECT count(*) FROM basket_line WHERE basket NOT IN (SELECT id FROM basket)")
        .fetchone()
    )
    assert orphans == 0
    basket = journal.open_basket()
    if basket is not None:
        assert basket.id not in {fact.body["basket"] for fact in facts}
        assert basket.lines
    return len(facts)


@pytest.mark.slow
@pytest.mark.usefixtures("replica_store")
def test_a_register_that_is_killed_again_and_again_keeps_every_sale_whole(tmp_path: Path) -> None:
    seed = os.environ.get("GRANARY_SEED", str(time.time_ns()))
    print(f"GRANARY_SEED={seed}")  # noqa: T201 — pytest shows it when the test fails
    register = Register(tmp_path, Random(seed))
    ends_s = time.monotonic() + LONGEST_S
    unsaid = kept = 0

    while (kept < SALES or register.runs < RUNS_AT_LEAST) and time.monotonic() < ends_s:
        register.run_until_killed()
        with closing(reopened(tmp_path / "journal.db")) as journal:
            check_the_basket(journal, register.last_seen)
            before, kept = kept, check_after_the_crash(journal, register.given)
            assert kept >= before
            # what it died before it could say is said now, as after a restart the screen shows the last sale
            unsaid += kept - len(register.given)
            register.given = [fact.body["receipt"] for fact in reversed(journal.recent_sales(kept + 1))]

    assert kept >= SALES
    assert register.runs >= RUNS_AT_LEAST
    assert unsaid <= register.runs


def test_the_check_itself_finds_a_lost_sale(counter_with_sales: Journal) -> None:
    given = [fact.body["receipt"] for fact in reversed(counter_with_sales.recent_sales(10))]
    assert check_after_the_crash(counter_with_sales, given) == 3
    with counter_with_sales.writing() as connection:
        connection.execute("DELETE FROM fact WHERE seq = 3")

    with pytest.raises((AssertionError, FileDamaged)):
        check_after_the_crash(counter_with_sales, given)


@pytest.fixture
def counter_with_sales(counter: Counter) -> Journal:
    for _ in range(3):
        counter.selling.scan("6901234567892")
        counter.selling.complete_with_cash(Fen(100_000), OperatorId("1001"))
    return counter.journal
