"""Closing a shift of many tickets with no line: count, close, Z report laid out; once just after a restart, when its
figures must be added up anew, and once when they were added up between the sales.

The tickets are rung by the real services into the register's own journal. Beside it what is least: every fact of the
shift read by raw `sqlite3` and decoded, and nothing done with it.
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

from pos_app.bootstrap.program import RESOURCES
from pos_app.bootstrap.register import OpenRegister
from pos_app.devices.paper import PAPER_80
from pos_app.devices.paper_text import sheet_text
from pos_app.devices.report_layout import lay_out_report
from pos_app.devices.report_words import read_report_words
from pos_app.domain.cash_count import CashCount
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.goods import Goods
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.scene import CASHIER
from pos_app.proving.bench.spread import Spread, timed_ns
from pos_app.proving.bench.till import Nobody, open_till
from pos_app.store.register_folder import RegisterFolder

LINES_A_TICKET: Final = 5
_NOTE: Final = Fen(10_000_00)
_FLOAT: Final = Fen(500_00)
_WORDS: Final = RESOURCES / "reports" / "zh_CN.toml"
_FACTS: Final = "SELECT canonical FROM fact ORDER BY epoch, seq"
_GOALS: Final = (Goal("median", 2_000_000_000),)


@dataclass(frozen=True, slots=True)
class _Closes:
    """What a close took: ours and the floor, a sample for each shift."""

    ours: list[int]
    floor: list[int]


def measure(ground: Ground, runs: int) -> list[Figure]:
    """Measure so many closes of each kind, each in a register of its own."""
    tickets = ground.crowd.sales
    anew, running = _Closes([], []), _Closes([], [])
    for run in range(runs):
        ground.say(f"ringing two shifts of {tickets:,} tickets, {run + 1} of {runs}")
        _two_shifts(ground, anew, running)
    words = f"close a shift of {tickets:,} tickets"
    return [_figure(f"{words}, after a restart", anew), _figure(f"{words}, added up on the way", running)]


def _two_shifts(ground: Ground, anew: _Closes, running: _Closes) -> None:
    """Ring and close a shift with a restart before its close, then one without."""
    folder, tickets = ground.register("shift"), ground.crowd.sales
    with open_till(folder, Nobody()) as register:
        register.shifts.open(_cashier(), _FLOAT)
        _ring(register, ground, tickets)
    with open_till(folder, Nobody()) as register:
        anew.floor.append(timed_ns(partial(_read_all, folder)))
        anew.ours.append(timed_ns(partial(_close, register)))
        register.shifts.open(_cashier(), _FLOAT)
        _ring(register, ground, tickets)
        while register.shifts.step():
            pass
        running.floor.append(anew.floor[-1])
        running.ours.append(timed_ns(partial(_close, register)))


def _figure(what: str, closes: _Closes) -> Figure:
    return Figure(
        measure="shift",
        what=what,
        unit=Unit.MILLISECONDS,
        ours=Spread.of(closes.ours),
        floor=Spread.of(closes.floor),
        floor_is="every fact read and decoded",
        goals=_GOALS,
    )


def _ring(register: OpenRegister, ground: Ground, tickets: int) -> None:
    goods, random = Goods(), Random(ground.products)
    operator = OperatorId(CASHIER)
    for _ in range(tickets):
        for _ in range(LINES_A_TICKET):
            register.selling.scan(goods.good(random.randrange(ground.products)).code)
        register.selling.complete_with_cash(_NOTE, operator)


def _close(register: OpenRegister) -> Sequence[str]:
    """Count, close, and lay the Z report out as it is printed."""
    register.shifts.count(_cashier(), CashCount({}))
    report = register.shifts.close(_cashier(), "recount")
    return sheet_text(lay_out_report(report, read_report_words(_WORDS), PAPER_80), PAPER_80)


def _read_all(folder: RegisterFolder) -> int:
    with closing(sqlite3.connect(folder.journal)) as raw:
        return sum(len(json.loads(canonical)["body"]) for (canonical,) in raw.execute(_FACTS))


def _cashier() -> Operator:
    return Operator(OperatorId(CASHIER), "", "cashier", "")
