"""Settling exceptions: somebody takes one, somebody says what was done. Who and why is kept, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import and_, func, or_, select, tuple_, update

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Position
from pos_app.domain.instants import Instant, moment_of
from sync.hq.db.database import AnyRow, Reader, Writer
from sync.hq.db.schema import exception_step, fact_exception
from sync.hq.exceptions.keeping import FORKED, OPEN, RESOLVED, Case, standing_documents
from sync.hq.publications.publishing import LockedScopes

HQ_ITSELF: Final = "headquarters"
"""Who settled what a program settled."""

State = Literal["open", "resolved", "all"]


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with an exception: ``owner`` is who has it from now on (None: as before)."""

    action: Literal["assign", "resolve"]
    by: str
    why: str
    owner: str | None = None


async def settle(writer: Writer, case: Case, step: Step, now: Instant) -> None:
    """Take a step, and tell the store. Raises ``Refusal`` with ``exception_unknown`` or ``exception_resolved``."""
    row = await writer.row(select(fact_exception).where(*is_case(case)).with_for_update())
    if row is None:
        raise Refusal("exception_unknown", device=case.device, epoch=case.epoch, seq=case.seq, number=case.number)
    if row.state != OPEN:
        raise Refusal("exception_resolved", by=row.resolved_by, resolution=row.resolution)
    await take_step(writer, row, step, now)
    locked = await LockedScopes.lock(writer, [f"store:{row.store}"])
    await locked.publish(await standing_documents(writer, [case]), now)


async def resolve_all_of(
    writer: Writer, device: str, positions: Sequence[Position], *, why: str, now: Instant
) -> list[Case]:
    """Resolve what is open of some facts, by headquarters itself; give which, for the caller to publish."""
    places = [(position.epoch, position.seq) for position in positions]
    rows = await writer.rows(
        select(fact_exception).where(
            fact_exception.c.device == device,
            tuple_(fact_exception.c.epoch, fact_exception.c.seq).in_(places),
            fact_exception.c.state == OPEN,
        )
    )
    for row in rows:
        await take_step(writer, row, Step("resolve", HQ_ITSELF, why), now)
    return [case_of(row) for row in rows]


async def resolve_fork(writer: Writer, device: str, *, by: str, now: Instant) -> list[Case]:
    """Resolve that a register's chain forked: a manager there let it go on. Give what the store should be told."""
    rows = await writer.rows(
        select(fact_exception).where(
            fact_exception.c.device == device, fact_exception.c.code == FORKED, fact_exception.c.state == OPEN
        )
    )
    for row in rows:
        await take_step(writer, row, Step("resolve", by or HQ_ITSELF, "the register goes on in a new epoch"), now)
    return [case_of(row) for row in rows]


async def take_step(writer: Writer, row: AnyRow, step: Step, now: Instant) -> None:
    """Write a step, and how the exception stands by it; its row is locked."""
    case = case_of(row)
    taken = await writer.value(select(func.count()).select_from(exception_step).where(*is_case(case, exception_step)))
    owner = row.owner if step.owner is None else step.owner
    place = {"device": case.device, "epoch": case.epoch, "seq": case.seq, "number": case.number}
    await writer.execute(
        exception_step.insert().values(
            **place, step=taken + 1, at=now, action=step.action, by=step.by, owner=owner, why=step.why
        )
    )
    changed: dict[str, Any] = {"owner": owner}
    if step.action == "resolve":
        changed |= {"state": RESOLVED, "resolved_at": now, "resolved_by": step.by, "resolution": step.why}
    await writer.execute(update(fact_exception).where(*is_case(case)).values(changed))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which exceptions are listed: oldest first, those behind a place."""

    store: str = ""
    owner: str = ""
    state: State = "open"
    after: tuple[int, str, int, int, int] | None = None
    limit: int = 1000


async def list_exceptions(reader: Reader, asked: Asked) -> tuple[list[dict[str, Any]], tuple[Any, ...] | None]:
    """List exceptions with their steps; and the place to go on from, None at the end."""
    columns = fact_exception.c
    order = (columns.made_at, columns.device, columns.epoch, columns.seq, columns.number)
    conditions = [
        *([columns.store == asked.store] if asked.store else []),
        *([columns.owner == asked.owner] if asked.owner else []),
        *([] if asked.state == "all" else [(columns.state == OPEN) == (asked.state == "open")]),
        *([tuple_(*order) > asked.after] if asked.after else []),
    ]
    rows = await reader.rows(select(fact_exception).where(*conditions).order_by(*order).limit(asked.limit))
    steps = await _steps(reader, rows)
    listed = [_told(row, steps.get(case_of(row), [])) for row in rows]
    last = rows[-1] if len(rows) == asked.limit else None
    return listed, None if last is None else (last.made_at, last.device, last.epoch, last.seq, last.number)


async def _steps(reader: Reader, rows: Sequence[AnyRow]) -> dict[Case, list[dict[str, Any]]]:
    """Find the steps of exceptions on which some were taken."""
    found: dict[Case, list[dict[str, Any]]] = {}
    for start in range(0, len(rows), 200):
        some = [and_(*is_case(case_of(row), exception_step)) for row in rows[start : start + 200]]
        steps = await reader.rows(select(exception_step).where(or_(*some)).order_by(exception_step.c.step))
        for step in steps:
            told = {"at": _moment(step.at), "action": step.action, "by": step.by, "owner": step.owner, "why": step.why}
            found.setdefault(case_of(step), []).append(told)
    return found


def _told(row: AnyRow, steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "device": row.device,
        "epoch": row.epoch,
        "seq": row.seq,
        "number": row.number,
        "store": row.store,
        "code": row.code,
        "details": msgspec.json.decode(row.details),
        "receipt": row.receipt,
        "owner": row.owner,
        "state": OPEN if row.state == OPEN else RESOLVED,
        "made_at": _moment(row.made_at),
        "resolved_at": None if row.resolved_at is None else _moment(row.resolved_at),
        "resolved_by": row.resolved_by,
        "resolution": row.resolution,
        "steps": list(steps),
    }


def case_of(row: AnyRow) -> Case:
    """Tell which exception a row is of."""
    return Case(row.device, row.epoch, row.seq, row.number)


def is_case(case: Case, table: Any = fact_exception) -> list[Any]:  # noqa: ANN401 — either of two tables
    """Give the conditions that a row is of an exception."""
    columns = table.c
    return [
        columns.device == case.device,
        columns.epoch == case.epoch,
        columns.seq == case.seq,
        columns.number == case.number,
    ]


def _moment(instant: int) -> str:
    return moment_of(Instant(instant)).isoformat()
