"""Taking a batch of facts: one transaction from the device's locked row to the published stock (docs/sync.md §2).

Knows nothing of HTTP and of signatures: the head is one that its owner signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import select, update

from pos_app.domain.branches import read_opening
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import ChainHead, Position
from pos_app.domain.instants import Instant
from sync.hq.db.database import AnyRow, Reader, Writer
from sync.hq.db.schema import device, fact, fact_exception, forked_fact, headquarters
from sync.hq.exceptions.keeping import FORKED, About, Trouble, add, standing_documents
from sync.hq.exceptions.settling import resolve_fork
from sync.hq.facts.applying import Occasion, Register, apply, tell
from sync.hq.facts.batch import Arrived, read_batch
from sync.hq.facts.chain import Verdict, compare
from sync.hq.facts.known import KnownGoods
from sync.hq.publications.publishing import LockedScopes
from sync.protocol.wire import FactException


@dataclass(frozen=True, slots=True)
class Push:
    """A batch as it came: the owner's signed head, and the header's own words for it."""

    device: str
    lines: Sequence[bytes]
    head: ChainHead
    head_signed: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a push came to. ``forked_at``: the device is frozen, its other branch set aside; ``thawed``: no longer."""

    acked: Position
    new_facts: int
    incarnation: str
    exceptions: Sequence[FactException] = ()
    forked_at: Position | None = None
    thawed: bool = False


@dataclass(frozen=True, slots=True)
class Coming:
    """What of a push is new, and whether each fact is tried alone."""

    push: Push
    new: Sequence[Arrived]
    singly: bool


_REGISTER: Final = select(
    device, select(headquarters.c.incarnation).scalar_subquery().label("incarnation")
).with_for_update(of=device)


async def take(writer: Writer, push: Push, *, known: KnownGoods, now: Instant, singly: bool = False) -> Taken:
    """Store and apply what is new: as one batch, or ``singly``, when a transaction for all of it has failed.

    Raises one of `REFUSED_BY_DATABASE` for a batch that the database does not take as one; ``Refusal`` with
    ``device_frozen``, ``device_revoked``, ``epoch_unknown``, ``batch_not_in_order``.
    """
    row = await writer.row(_REGISTER.where(device.c.id == push.device))
    if row is None:
        raise AssertionError("the device that signed is enrolled")
    if row.state == "revoked":
        raise Refusal("device_revoked", device=push.device)
    arrived = read_batch(push.device, push.lines, push.head)
    head = ChainHead(Position(row.head_epoch, row.head_seq), row.head_hash)
    again = arrived[0].position <= head.position
    hashes = await _known_hashes(writer, push.device, arrived) if again else {}
    verdict = compare(head, hashes, arrived, granted_epoch=row.granted_epoch)
    if verdict.kind == "fork":
        await _set_aside(writer, row, verdict, now)
        return Taken(head.position, 0, row.incarnation, forked_at=verdict.lines[0].position)
    new = verdict.lines if verdict.kind == "follows" else ()
    thawed = row.state == "frozen" and _approved(new)
    if row.state == "frozen" and verdict.lines and not thawed:
        raise Refusal("device_frozen", device=push.device)
    troubled = again
    if new:
        troubled |= await _go_on(writer, row, Coming(push, new, singly=singly), known=known, now=now)
    acked = new[-1].position if new else head.position
    exceptions = await _exceptions(writer, push.device, arrived) if troubled else []
    return Taken(acked, len(new), row.incarnation, exceptions, thawed=thawed)


def _opener(new: Sequence[Arrived]) -> str:
    """Tell who approved that the register goes on."""
    return "" if new[0].fact is None else new[0].fact.operator


def _approved(new: Sequence[Arrived]) -> bool:
    """Tell whether these facts begin an epoch by which a person lets a forked register go on."""
    opening = read_opening(new[0].fact) if new else None
    return opening is not None and opening.reason == "forked"


async def _go_on(writer: Writer, row: AnyRow, coming: Coming, *, known: KnownGoods, now: Instant) -> bool:
    """Lengthen the chain: facts and ledgers, the head, and last the store's scope; tell of any exceptions by it."""
    push, new = coming.push, coming.new
    occasion = Occasion(Register(push.device, row.store), now)
    changed = await apply(writer, occasion, new, known=known, singly=coming.singly)
    settled = await resolve_fork(writer, push.device, by=_opener(new), now=now) if row.state == "frozen" else []
    last = new[-1]
    await writer.execute(
        update(device)
        .where(device.c.id == push.device)
        .values(
            head_epoch=last.position.epoch,
            head_seq=last.position.seq,
            head_hash=last.hash,
            head_signed=push.head_signed,
            pushed_at=now,
            state="active",
        )
    )
    await tell(writer, row.store, changed, await standing_documents(writer, settled), now=now)
    return bool(changed.exceptions)


async def _known_hashes(reader: Reader, name: str, arrived: Sequence[Arrived]) -> dict[Position, bytes]:
    rows = await reader.rows(
        select(fact.c.epoch, fact.c.seq, fact.c.hash).where(fact.c.device == name, *_span(fact.c, arrived))
    )
    return {Position(row.epoch, row.seq): row.hash for row in rows}


async def _exceptions(reader: Reader, name: str, arrived: Sequence[Arrived]) -> list[FactException]:
    """List what is wrong with the facts of a batch, also when it was found at an earlier sending."""
    rows = await reader.rows(
        select(fact_exception)
        .where(fact_exception.c.device == name, *_span(fact_exception.c, arrived))
        .order_by(fact_exception.c.epoch, fact_exception.c.seq, fact_exception.c.number)
    )
    return [FactException(row.epoch, row.seq, row.code, msgspec.json.decode(row.details)) for row in rows]


def _span(columns: Any, arrived: Sequence[Arrived]) -> list[Any]:  # noqa: ANN401 — a table's columns have no type
    """From the first line's place to the last's; a batch is of one epoch."""
    first, last = arrived[0].position, arrived[-1].position
    return [columns.epoch == first.epoch, columns.seq.between(first.seq, last.seq)]


async def _set_aside(writer: Writer, row: AnyRow, verdict: Verdict, now: Instant) -> None:
    """Keep the other branch and stop this device: a person decides, and the store is told."""
    name = row.id
    await writer.execute(
        writer.insert(forked_fact).on_conflict_do_nothing(),
        [
            {
                "device": name,
                "epoch": line.position.epoch,
                "seq": line.position.seq,
                "hash": line.hash,
                "canonical": line.canonical,
                "received_at": now,
            }
            for line in verdict.lines
        ],
    )
    await writer.execute(update(device).where(device.c.id == name).values(state="frozen"))
    if row.state == "frozen":
        return
    about = About(name, row.store, verdict.lines[0].position)
    documents = await add(writer, about, [Trouble(FORKED, {"facts": len(verdict.lines)})], now)
    locked = await LockedScopes.lock(writer, [f"store:{row.store}"])
    await locked.publish(documents, now)
