"""Alarms freeze the settlement of whom they concern; a person releases it, with a name and a reason.

A frozen settlement stops no till and publishes nothing: it keeps money between headquarters and a store or a channel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import uuid4

import msgspec
from sqlalchemy import func, select, text, update

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, moment_of
from sync.hq.db.database import AnyRow, Reader, Writer
from sync.hq.db.pricing_schema import price_alarm, settlement
from sync.hq.publications.publishing import body_text

FROZEN: Final = "frozen"
RELEASED: Final = "released"
MOST_WORD_CHARACTERS: Final = 500
ALARMS_SHOWN: Final = 100

Kind = Literal["listed", "charged"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A price that the rules do not give. ``key`` tells it from others of the same settlement."""

    subject: str
    """``store:<id>`` or ``channel:<id>``."""
    kind: Kind
    key: str
    details: Mapping[str, object]


async def raise_alarms(writer: Writer, alarms: Sequence[Alarm], now: Instant) -> set[str]:
    """Freeze the settlements that alarms concern, and keep the alarms; give the subjects that are frozen by it."""
    subjects = sorted({alarm.subject for alarm in alarms})
    insert = writer.insert(settlement)
    once = insert.on_conflict_do_nothing(index_elements=["subject"], index_where=text("state = 'frozen'"))
    fresh = {subject: uuid4().hex for subject in subjects}
    await writer.execute(
        once,
        [{"id": own, "subject": subject, "state": FROZEN, "frozen_at": now} for subject, own in fresh.items()],
    )
    frozen = select(settlement.c.id, settlement.c.subject).where(settlement.c.state == FROZEN)
    ids = {row.subject: row.id for row in await writer.rows_in(frozen, settlement.c.subject, subjects)}
    await writer.execute(
        writer.insert(price_alarm).on_conflict_do_nothing(),
        [
            {
                "settlement": ids[alarm.subject],
                "key": alarm.key,
                "kind": alarm.kind,
                "details": body_text(alarm.details),
                "made_at": now,
            }
            for alarm in alarms
        ],
    )
    return {subject for subject, own in fresh.items() if ids[subject] == own}


async def release(writer: Writer, own: str, *, name: str, reason: str, now: Instant) -> None:
    """Release a settlement.

    Raises ``Refusal`` with ``name_missing``, ``reason_missing``, ``settlement_unknown`` or ``settlement_released``.
    """
    for field, said in (("name", name), ("reason", reason)):
        if not 0 < len(said.strip()) <= MOST_WORD_CHARACTERS:
            raise Refusal(f"{field}_missing", field=field, most=MOST_WORD_CHARACTERS)
    state = await writer.value(select(settlement.c.state).where(settlement.c.id == own).with_for_update())
    if state is None:
        raise Refusal("settlement_unknown", field="settlement", settlement=own)
    if state != FROZEN:
        raise Refusal("settlement_released", field="settlement", settlement=own)
    values = {"state": RELEASED, "released_at": now, "released_by": name.strip(), "release_reason": reason.strip()}
    await writer.execute(update(settlement).where(settlement.c.id == own).values(**values))


async def settlements(reader: Reader, *, state: str, subject: str, limit: int) -> list[dict[str, Any]]:
    """List settlements that are or were frozen, newest first, with their first alarms."""
    asked = [settlement.c.state == state] if state else []
    asked += [settlement.c.subject == subject] if subject else []
    newest = settlement.c.frozen_at.desc(), settlement.c.id
    rows = await reader.rows(select(settlement).where(*asked).order_by(*newest).limit(limit))
    counts = await reader.rows_in(
        select(price_alarm.c.settlement, func.count().label("alarms")).group_by(price_alarm.c.settlement),
        price_alarm.c.settlement,
        [row.id for row in rows],
    )
    count_of = {row.settlement: row.alarms for row in counts}
    return [_document(row, count_of[row.id], await _alarms(reader, row.id)) for row in rows]


async def _alarms(reader: Reader, own: str) -> list[dict[str, Any]]:
    rows = await reader.rows(
        select(price_alarm)
        .where(price_alarm.c.settlement == own)
        .order_by(price_alarm.c.made_at, price_alarm.c.key)
        .limit(ALARMS_SHOWN)
    )
    return [
        {"kind": row.kind, "at": moment_of(row.made_at).isoformat()} | msgspec.json.decode(row.details) for row in rows
    ]


def _document(row: AnyRow, count: int, alarms: list[dict[str, Any]]) -> dict[str, Any]:
    released = None
    if row.state == RELEASED:
        at = moment_of(row.released_at).isoformat()
        released = {"at": at, "by": row.released_by, "reason": row.release_reason}
    return {
        "id": row.id,
        "subject": row.subject,
        "state": row.state,
        "frozen": moment_of(row.frozen_at).isoformat(),
        "released": released,
        "alarm_count": count,
        "alarms": alarms,
    }
