"""Leases as rows and as documents, published to the store of the register that holds them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, bindparam, select, update

from pos_app.domain.instants import Instant, moment_of
from sync.hq.db.database import AnyRow, Reader, Writer
from sync.hq.db.rights_schema import lease
from sync.hq.db.schema import publication_due
from sync.hq.devices.applied import applied_at
from sync.hq.leases.planning import Lease
from sync.hq.publications.publishing import Document, body_text
from sync.protocol.topics import LEASE, AppliedBody, LeaseBody

POINTS: Final = "points"
COUPON: Final = "coupon"
BOUNDED: Final = "bounded"
"""What may be leased: points of a member, a coupon, so many fen a day of a template's coupons at a register."""

HELD: Final = "held"
ASKED: Final = "asked"
SETTLING: Final = "settling"
"""Given back with less in it than the books say, behind facts that wait in quarantine: nobody's to spend until then."""
ENDED: Final = "ended"
RETURNED: Final = "returned"


def key_of(row: AnyRow) -> str:
    """Name a lease's document: what is leased, whose it is, which lease."""
    return f"{row.resource}:{row.key}:{row.id}"


def id_of(key: str) -> str:
    """Give the lease that a document's key names."""
    return key.rpartition(":")[2]


def read_lease(row: AnyRow) -> Lease:
    """Read a row."""
    return Lease(
        row.id, row.key, row.store, row.device, row.amount, row.spent, Instant(row.until), asked=row.state != HELD
    )


async def live_leases(reader: Reader, members: Iterable[str], *, lock: bool = False) -> dict[str, list[Lease]]:
    """List the leases of members' points that are not ended."""
    question: Select[Any] = select(lease).where(lease.c.state != ENDED, lease.c.resource == POINTS)
    question = question.order_by(lease.c.id)
    found: dict[str, list[Lease]] = {}
    for row in await reader.rows_in(question.with_for_update() if lock else question, lease.c.key, members):
        found.setdefault(row.key, []).append(read_lease(row))
    return found


async def lease_documents(
    reader: Reader, store: str, leases: Iterable[str], applied: Mapping[str, AppliedBody]
) -> list[Document]:
    """Compose what a store should know of its leases; read it behind the lock on the store's scope."""
    rows = await reader.rows_in(select(lease).where(lease.c.store == store).order_by(lease.c.id), lease.c.id, leases)
    return [Document(f"store:{store}", LEASE, key_of(row), _body(row, applied)) for row in rows]


def _body(row: AnyRow, applied: Mapping[str, AppliedBody]) -> str | None:
    if row.state in {SETTLING, ENDED}:
        return None
    return body_text(
        LeaseBody(
            id=row.id,
            resource=row.resource,
            key=row.key,
            register=row.device,
            amount=row.amount - row.spent,
            until=moment_of(Instant(row.until)).isoformat(),
            asked=row.state == ASKED,
            applied=applied,
        )
    )


async def lease_copies(writer: Writer, scope: str, keys: Sequence[str]) -> list[Document]:
    """Compose leases that are due in a scope; read them behind its lock."""
    store = scope.removeprefix("store:")
    return await lease_documents(writer, store, map(id_of, keys), await applied_at(writer, store))


async def put_leases_off(writer: Writer, rows: Iterable[AnyRow]) -> None:
    """Note that the registers which hold these leases should hear of them."""
    due = sorted((f"store:{row.store}", key_of(row)) for row in rows)
    await writer.execute(
        writer.insert(publication_due).on_conflict_do_update(
            index_elements=["scope", "topic", "key"], set_={"body": None}
        ),
        [{"scope": scope, "topic": LEASE, "key": key, "body": None} for scope, key in due],
    )


def new_row(resource: str, granted: Lease, now: Instant) -> dict[str, Any]:
    """Write the row of a lease that is granted."""
    return {
        "id": granted.id,
        "resource": resource,
        "key": granted.key,
        "store": granted.store,
        "device": granted.device,
        "amount": granted.amount,
        "spent": granted.spent,
        "until": granted.until,
        "state": HELD,
        "granted_at": now,
        "ended_at": None,
        "ended_by": None,
    }


async def ask_back(writer: Writer, own: Iterable[str]) -> None:
    """Ask registers for leases that they hold; each counts as theirs until they give it back."""
    asked = sorted(own)
    await writer.execute(
        update(lease).where(lease.c.id == bindparam("own"), lease.c.state == HELD).values(state=ASKED),
        [{"own": each} for each in asked],
    )
    await put_leases_off(writer, await writer.rows_in(select(lease), lease.c.id, asked))


async def end_lease(writer: Writer, own: str, by: str, now: Instant) -> None:
    """Give what is left of a lease back."""
    await writer.execute(update(lease).where(lease.c.id == own).values(state=ENDED, ended_by=by, ended_at=now))
