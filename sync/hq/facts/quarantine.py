"""Quarantined facts tried again, by a later release or by hand: what can be read now is applied at its own place.

Each register's facts go in one transaction that locks its row, so that a push and this never meet. What still cannot
be applied stays as it is, and says nothing anew. Knows nothing of HTTP.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select, tuple_, update

from pos_app.domain.facts import START, Position
from pos_app.domain.instants import Instant
from sync.hq.db.database import AnyRow, Database, Writer
from sync.hq.db.schema import device, fact
from sync.hq.exceptions.keeping import add, standing_documents
from sync.hq.exceptions.settling import resolve_all_of
from sync.hq.facts.applying import Judged, Occasion, Register, apply_alone, changed_by, judge, tell
from sync.hq.facts.batch import Arrived, read_line
from sync.hq.facts.known import KnownGoods
from sync.hq.facts.member_codes import note_codes
from sync.hq.facts.members import hold_members
from sync.hq.leases.spending import end_settled
from sync.hq.members.publishing import Stores, stores_of

AT_A_TIME: Final = 100
WHY: Final = "the fact was applied"
SETTLED: Final = "no fact before it waits in quarantine"


@dataclass(frozen=True, slots=True)
class Reapplied:
    """What another try came to."""

    applied: int = 0
    left: int = 0

    def __add__(self, other: "Reapplied") -> "Reapplied":
        """Count both."""
        return Reapplied(self.applied + other.applied, self.left + other.left)


async def apply_quarantined(database: Database, known: KnownGoods, now: Instant, *, only: str = "") -> Reapplied:
    """Try every register's quarantined facts again, or one register's, in the order of its chain."""
    async with database.read() as reader:
        names = [
            row.device
            for row in await reader.rows(
                select(fact.c.device)
                .where(fact.c.state == "quarantined", *([fact.c.device == only] if only else []))
                .distinct()
                .order_by(fact.c.device)
            )
        ]
    done = Reapplied()
    for name in names:
        after: Position | None = START
        while after is not None:
            some, after = await database.write(_one_step(name, after, known, now))
            done += some
    return done


def _one_step(name: str, after: Position, known: KnownGoods, now: Instant) -> Any:  # noqa: ANN401 — what `write` takes
    async def step(writer: Writer) -> tuple[Reapplied, Position | None]:
        return await _try_again(writer, name, after, known=known, now=now)

    return step


async def _try_again(
    writer: Writer, name: str, after: Position, *, known: KnownGoods, now: Instant
) -> tuple[Reapplied, Position | None]:
    """Try the next quarantined facts of a register; give the place to go on from, None at the end."""
    register = await writer.row(select(device).where(device.c.id == name).with_for_update())
    rows = await writer.rows(
        select(fact)
        .where(
            fact.c.device == name,
            fact.c.state == "quarantined",
            tuple_(fact.c.epoch, fact.c.seq) > (after.epoch, after.seq),
        )
        .order_by(fact.c.epoch, fact.c.seq)
        .limit(AT_A_TIME)
    )
    if register is None or not rows:
        return Reapplied(), None
    whose = Register(name, register.store)
    judged = [one for one in (judge(_arrived(row), whose) for row in rows) if one.effects is not None]
    batch = [one.effects for one in judged if one.effects is not None]
    await known.note_strangers(writer, batch)
    members = await hold_members(writer, batch)
    await note_codes(writer, batch)
    for one in judged:
        await apply_alone(writer, one)
    applied = [one for one in judged if one.effects is not None]
    await _release(writer, Released(whose, applied, members), now)
    last = Position(rows[-1].epoch, rows[-1].seq)
    return Reapplied(len(applied), len(rows) - len(applied)), last if len(rows) == AT_A_TIME else None


def _arrived(row: AnyRow) -> Arrived:
    """Read a stored fact as it would be read if it came now; bytes that are not what the chain says stay unread."""
    at, read = Position(row.epoch, row.seq), read_line(row.canonical)
    whole = read is not None and read.hash == row.hash and (read.device, read.position) == (row.device, at)
    return Arrived(at, row.hash, None if read is None else read.prev, row.canonical, read if whole else None)


@dataclass(frozen=True, slots=True)
class Released:
    """A register's facts that could be applied, and the members whom they name."""

    whose: Register
    applied: Sequence[Judged]
    members: Stores


async def _release(writer: Writer, released: Released, now: Instant) -> None:
    """Count facts as applied: their exceptions are resolved, and the store hears of amounts that contain them now."""
    whose, applied = released.whose, released.applied
    if not applied:
        return
    for one in applied:
        at, read = one.line.position, one.line.fact
        kind_and_time = {} if read is None else {"kind": read.kind, "at": read.at}
        await writer.execute(
            update(fact)
            .where(fact.c.device == whose.device, fact.c.epoch == at.epoch, fact.c.seq == at.seq)
            .values(state="applied", **kind_and_time)
        )
    changed = await changed_by(writer, applied, released.members, Occasion(whose, now))
    cases = await resolve_all_of(writer, whose.device, [one.line.position for one in applied], why=WHY, now=now)
    settled, returns = await end_settled(writer, whose.device, now)
    cases += await resolve_all_of(writer, whose.device, returns, why=SETTLED, now=now)
    leases = {row.id: row for row in (*changed.leases, *settled)}
    members = {**changed.members, **await stores_of(writer, {row.key for row in settled} - changed.members.keys())}
    changed = replace(changed, leases=list(leases.values()), members=members)
    documents = await standing_documents(writer, cases)
    for one in applied:
        documents += await add(writer, one.about(whose), one.all_troubles(), now)
    await tell(writer, whose.store, changed, documents, now=now)
