"""Facts into the ledgers: a batch at once, and one by one when the database refuses one of them.

A fact that cannot be applied is quarantined; neither it nor an exception stops the facts behind it. Knows nothing of
chains: the facts are new and in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.exc import DataError, IntegrityError

from pos_app.domain.branches import meaning
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Position
from pos_app.domain.instants import Instant
from sync.hq.coupons.spending import spend
from sync.hq.db.database import Writer
from sync.hq.db.schema import fact, fact_exception, sale, sale_line, sale_promotion, tender
from sync.hq.facts.batch import Arrived
from sync.hq.facts.effects import CannotApply, Effects, Trouble, effects_of
from sync.hq.facts.known import KnownGoods
from sync.hq.publications.publishing import body_text
from sync.hq.stock_pool.ledger import move

FAILED: Final = "fact_failed"

_REFUSED_BY_DATABASE: Final = (IntegrityError, DataError, UnicodeError, OverflowError)


@dataclass(slots=True)
class _Judged:
    """A line with what it comes to; no effects: it is quarantined."""

    line: Arrived
    effects: Effects | None
    troubles: list[Trouble] = field(default_factory=list)

    def quarantine(self, trouble: Trouble) -> None:
        self.effects, self.troubles = None, [trouble]


@dataclass(frozen=True, slots=True)
class Register:
    """Whose facts they are."""

    device: str
    store: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What registers should hear of: SKUs whose stock moved, and coupons that are spent."""

    skus: frozenset[str]
    coupons: frozenset[str]


async def apply(
    writer: Writer, register: Register, lines: Sequence[Arrived], *, known: KnownGoods, now: Instant
) -> Changed:
    """Store new facts and apply them."""
    judged = [_judge(line, register) for line in lines]
    await known.note_strangers(writer, [one.effects for one in judged if one.effects is not None])
    try:
        async with writer.savepoint():
            await _write(writer, [one.effects for one in judged if one.effects is not None])
    except _REFUSED_BY_DATABASE:
        for one in judged:
            await _write_alone(writer, one)
    applied = [one.effects for one in judged if one.effects is not None]
    coupons = await spend(writer, applied)
    await writer.execute(fact.insert(), [_fact_row(one, register, now) for one in judged])
    await writer.execute(fact_exception.insert(), [row for one in judged for row in _exceptions(one, register, now)])
    moved = frozenset(movement.sku for effects in applied for movement in effects.movements)
    return Changed(moved, coupons)


def _judge(line: Arrived, register: Register) -> _Judged:
    """Read a line. A fact on which our own code fails is kept like one that it cannot read."""
    if line.fact is None:
        return _Judged(line, None, [Trouble(line.trouble, {})])
    try:
        return _Judged(line, effects_of(meaning(line.fact), register.store))
    except CannotApply as cannot:
        return _Judged(line, None, [Trouble(cannot.code, cannot.details)])
    except Refusal as unreadable:
        return _Judged(line, None, [Trouble(unreadable.code, unreadable.details)])
    except Exception as error:  # noqa: BLE001 — the edge at which one fact's failure is kept from those behind it
        return _Judged(line, None, [Trouble(FAILED, {"error": type(error).__name__})])


async def _write_alone(writer: Writer, one: _Judged) -> None:
    if one.effects is None:
        return
    try:
        async with writer.savepoint():
            await _write(writer, [one.effects])
    except _REFUSED_BY_DATABASE as error:
        one.quarantine(Trouble(FAILED, {"error": type(error).__name__}))


async def _write(writer: Writer, batch: Sequence[Effects]) -> None:
    await writer.execute(sale.insert(), [effects.sale for effects in batch if effects.sale is not None])
    await writer.execute(sale_line.insert(), [row for effects in batch for row in effects.lines])
    await writer.execute(tender.insert(), [row for effects in batch for row in effects.tenders])
    await writer.execute(sale_promotion.insert(), [row for effects in batch for row in effects.promotions])
    await move(writer, [movement for effects in batch for movement in effects.movements])


def _fact_row(one: _Judged, register: Register, now: Instant) -> dict[str, Any]:
    line = one.line
    return {
        "device": register.device,
        "epoch": line.position.epoch,
        "seq": line.position.seq,
        "hash": line.hash,
        "canonical": line.canonical,
        "kind": "" if line.fact is None else line.fact.kind,
        "at": "" if line.fact is None else line.fact.at,
        "state": "quarantined" if one.effects is None else "applied",
        "received_at": now,
    }


def _exceptions(one: _Judged, register: Register, now: Instant) -> list[dict[str, Any]]:
    troubles = [*one.troubles, *(one.effects.troubles if one.effects is not None else ())]
    at: Position = one.line.position
    return [
        {
            "device": register.device,
            "epoch": at.epoch,
            "seq": at.seq,
            "number": number,
            "store": register.store,
            "code": trouble.code,
            "details": body_text(trouble.details),
            "state": "open",
            "made_at": now,
        }
        for number, trouble in enumerate(troubles, 1)
    ]
