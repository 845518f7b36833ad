"""Completing a sale: the journal's own transaction beside raw `sqlite3` writing the same bytes under the same pragmas.

The sales are rung up by the real services on one register, with its sync agent pulling and pushing; each is then
appended to a second journal, and written raw to a third file, in turns.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Final

from pos_app.bootstrap.register import upgrade_journal
from pos_app.domain.facts import Fact, Happening, next_fact
from pos_app.domain.ids import DeviceId, OperatorId, ReceiptNumber
from pos_app.domain.ledger import Pending
from pos_app.domain.money import Fen
from pos_app.domain.sale import FACT_KIND, FACT_VERSION, Sale
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.goods import DEVICE, Goods
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.pulling import Pull
from pos_app.proving.bench.scene import CASHIER
from pos_app.proving.bench.spread import Spread, timed_ns
from pos_app.proving.bench.till import open_till
from pos_app.services.selling import Selling
from pos_app.store.journal.checkpointer import Checkpointer
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.opening import open_journal

LINES_A_SALE: Final = 5
_WARM_UP: Final = 20
_OPERATOR: Final = OperatorId(CASHIER)
_NOTE: Final = Fen(10_000_00)
_PRAGMAS: Final = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "fullfsync = ON",
    "checkpoint_fullfsync = ON",
    "wal_autocheckpoint = 0",
    "foreign_keys = ON",
)


def measure(ground: Ground, runs: int) -> list[Figure]:
    """Measure the commit, and the whole of completing a sale."""
    folder = ground.register("commit")
    second = ground.register("commit-append").journal
    third = ground.register("commit-raw").journal
    whole: list[int] = []
    ours: list[int] = []
    raw: list[int] = []
    with ExitStack() as stack:
        pull = stack.enter_context(Pull(folder, ground.products))
        selling = stack.enter_context(open_till(folder, pull)).selling
        journal = stack.enter_context(opened(second))
        floor = stack.enter_context(opened_raw(third))
        goods, random = Goods(), Random(ground.products)
        for turn in range(runs + _WARM_UP):
            codes = [goods.good(random.randrange(ground.products)).code for _ in range(LINES_A_SALE)]
            completed_ns, sale = _completed(selling, codes)
            taken = _in_turns(turn, sale, journal, floor)
            if turn >= _WARM_UP:
                whole.append(completed_ns)
                ours.append(taken[0])
                raw.append(taken[1])
    floor_spread = Spread.of(raw)
    return [
        Figure(
            measure="commit",
            what="sale: commit",
            unit=Unit.MILLISECONDS,
            ours=Spread.of(ours),
            floor=floor_spread,
            floor_is="raw sqlite3, same bytes",
            goals=(Goal("median", 200, of="floor"), Goal("p99", 250, of="median")),
        ),
        Figure(
            measure="commit",
            what=f"sale: completed ({LINES_A_SALE} lines)",
            unit=Unit.MILLISECONDS,
            ours=Spread.of(whole),
            floor=floor_spread,
            floor_is="raw sqlite3, same bytes",
        ),
    ]


def _completed(selling: Selling, codes: list[str]) -> tuple[int, Sale]:
    """Ring up a basket and time its completion alone."""
    for code in codes:
        selling.scan(code)
    sales: list[Sale] = []
    taken_ns = timed_ns(lambda: sales.append(selling.complete_with_cash(_NOTE, _OPERATOR).sale))
    return taken_ns, sales[0]


def _in_turns(turn: int, sale: Sale, journal: Journal, raw: sqlite3.Connection) -> tuple[int, int]:
    """Append a sale to the second journal and write it raw to the third file; each comes first every second time."""
    basket = sale.basket
    happening = Happening(FACT_KIND, FACT_VERSION, sale.at, _OPERATOR, sale.body())
    fact, pending = next_fact(DEVICE, journal.head(), happening), sale.pending()
    journal.keep_basket(basket)
    raw.execute("INSERT INTO basket (id, state, body) VALUES (?, 'open', '{}')", (basket.id,))
    raw.executemany(
        "INSERT INTO basket_line (basket, line, body) VALUES (?, ?, ?)",
        [(basket.id, line.line, json.dumps(line.document())) for line in basket.lines],
    )

    def append() -> None:
        journal.append(happening, pending, closes=basket.id)

    def write() -> None:
        write_raw(raw, fact, pending, closes=basket.id)

    if turn % 2:
        raw_ns = timed_ns(write)
        return timed_ns(append), raw_ns
    ours_ns = timed_ns(append)
    return ours_ns, timed_ns(write)


def write_raw(raw: sqlite3.Connection, fact: Fact, pending: Sequence[Pending], *, closes: str = "") -> None:
    """Write the rows of a sale's fact, one transaction, with nothing of ours on top."""
    epoch, seq = fact.position.epoch, fact.position.seq
    receipt = ReceiptNumber.parse(fact.body["receipt"])
    raw.execute("BEGIN IMMEDIATE")
    raw.execute(
        "INSERT INTO fact (epoch, seq, at, kind, hash, canonical) VALUES (?, ?, ?, ?, ?, ?)",
        (epoch, seq, fact.at, fact.kind, fact.hash, fact.canonical),
    )
    raw.executemany(
        "INSERT INTO pending (topic, key, epoch, seq, delta) VALUES (?, ?, ?, ?, ?)",
        [(each.ledger.topic, each.ledger.key, epoch, seq, each.delta) for each in pending],
    )
    raw.execute(
        "INSERT INTO receipt (business_date, number, epoch, seq) VALUES (?, ?, ?, ?)",
        (receipt.business_date.isoformat(), receipt.number, epoch, seq),
    )
    raw.execute("DELETE FROM basket WHERE id = ?", (closes,))
    raw.execute("COMMIT")


@contextmanager
def opened(path: Path, device: DeviceId = DEVICE) -> Iterator[Journal]:
    """Open a journal as a register does, with its WAL kept short beside it."""
    journal, checkpointer = open_journal(path, device, upgrade_journal), Checkpointer(path)
    checkpointer.start()
    try:
        yield journal
    finally:
        checkpointer.close()
        journal.close()


@contextmanager
def opened_raw(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file of the same tables with nothing of ours on top."""
    connection, checkpointer = sqlite3.connect(path, isolation_level=None), Checkpointer(path)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    checkpointer.start()
    try:
        yield connection
    finally:
        checkpointer.close()
        connection.close()
