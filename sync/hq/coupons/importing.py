"""Coupons in an import: issued or withdrawn by id. Each goes to the registers of its member's stores, to all where it
is nobody's.

One that was spent stays so, whatever is sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from sqlalchemy import bindparam, or_, select, update

from sync.hq.db.database import AnyRow, Reader, Writer
from sync.hq.db.many import one_of
from sync.hq.db.returns_schema import coupon_return
from sync.hq.db.rights_schema import coupon_use
from sync.hq.db.schema import coupon, place
from sync.hq.importing.csv_file import Columns, flag_cell, read_csv_as
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import Word, check_span, once_only
from sync.hq.members.publishing import stores_of
from sync.hq.publications.publishing import Wanted, body_text
from sync.protocol.topics import COUPON, AppliedBody, CouponBody

ISSUED: Final = "issued"
SPENT: Final = "spent"
WITHDRAWN: Final = "withdrawn"
_COUPON: Final = msgspec.json.Decoder(CouponBody)

COLUMNS: Final = Columns(
    "coupons", dict.fromkeys(("id", "template", "member", "valid_from", "valid_to"), str) | {"delete": flag_cell}
)


class CouponRow(msgspec.Struct, frozen=True):
    """A coupon as it is sent. With ``delete`` only the id counts."""

    id: Word
    template: Annotated[str, msgspec.Meta(max_length=100)] = ""
    member: Word | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    delete: bool = False

    def body(self) -> CouponBody:
        """Give the document that registers get."""
        return CouponBody(self.id, self.template, self.member, self.valid_from, self.valid_to)


def read_coupon_csv(file: str, body: bytes, mistakes: Mistakes) -> Sequence[ReadRow[CouponRow]]:
    """Read a file of coupons; whatever is wrong leaves a mistake."""
    return read_csv_as(file, body, COLUMNS, kind=CouponRow, mistakes=mistakes)


def check_coupons(rows: Sequence[ReadRow[CouponRow]], known: Known, mistakes: Mistakes) -> None:
    """Check coupons."""
    once_only(rows, "id", lambda row: row.id, mistakes)
    for row in rows:
        value = row.value
        stands = known.coupons.get(value.id)
        if value.delete:
            if stands is None:
                mistakes.add(row, "id", "there is no such coupon to delete", value.id)
            continue
        if stands is not None and stands.state == SPENT:
            mistakes.warn(row, "id", f"was spent with receipt {stands.receipt} and stays so", value.id)
        if value.template not in known.templates:
            reason = "there is no such coupon template" if value.template else "is missing"
            mistakes.add(row, "template", reason, value.template)
        if value.member is not None and value.member not in known.members:
            mistakes.add(row, "member", "there is no such member", value.member)
        check_span(row, ("valid_from", value.valid_from), ("valid_to", value.valid_to), mistakes)


@dataclass(frozen=True, slots=True)
class Touched:
    """The coupons of an import: those that it names, those of the members that it names, and all that are nobody's."""

    coupons: frozenset[str]
    members: frozenset[str]
    everybodys: bool

    async def rows(self, writer: Writer) -> list[AnyRow]:
        """Give them by id, locked in that order: the order in which sales take them."""
        ways = [one_of(writer.dialect, coupon.c.id, self.coupons)] if self.coupons else []
        ways += [one_of(writer.dialect, coupon.c.member, self.members)] if self.members else []
        ways += [coupon.c.member.is_(None)] if self.everybodys else []
        if not ways:
            return []
        return list(await writer.rows(select(coupon).where(or_(*ways)).order_by(coupon.c.id).with_for_update()))


async def write_coupons(writer: Writer, rows: Sequence[ReadRow[CouponRow]]) -> None:
    """Write coupons that are not spent yet; what is there of them is locked."""
    insert = writer.insert(coupon)
    newest = {name: insert.excluded[name] for name in ("template", "member", "document", "state")}
    issued = [row.value for row in rows if not row.value.delete]
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_=newest, where=coupon.c.state != SPENT),
        [
            {
                "id": one.id,
                "template": one.template,
                "member": one.member,
                "document": body_text(one.body()),
                "state": ISSUED,
            }
            for one in sorted(issued, key=lambda one: one.id)
        ],
    )
    away = update(coupon).where(coupon.c.id == bindparam("row"), coupon.c.state != SPENT).values(state=WITHDRAWN)
    await writer.execute(away, [{"row": row.value.id} for row in rows if row.value.delete])


async def coupon_documents(writer: Writer, touched: Touched) -> list[Wanted]:
    """Say how these coupons should stand. Their rows are locked: none is spent between this and the publishing."""
    rows = {row.id: row for row in await touched.rows(writer)}
    stores = [row.id for row in await writer.rows(select(place.c.id).where(place.c.kind == "store"))]
    holders = {row.member for row in rows.values() if row.member is not None}
    homes = await stores_of(writer, holders)
    applied = await _applied(writer, (row.id for row in rows.values() if row.state == ISSUED))
    wanted = []
    for name in sorted(rows):
        row = rows[name]
        text = row.document if name not in applied else _with_applied(row.document, applied[name])
        wanted.append(Wanted(COUPON, name, dict.fromkeys(_scopes(row, homes, stores), text)))
    return wanted


def _scopes(row: AnyRow, homes: dict[str, list[str]], stores: list[str]) -> list[str]:
    if row.state != ISSUED:
        return []
    where = stores if row.member is None else homes.get(row.member, [])
    return [f"store:{store}" for store in sorted(where)]


async def _applied(reader: Reader, coupons: Iterable[str]) -> dict[str, dict[str, AppliedBody]]:
    """Find those that were given back, and the newest facts of each register that spent them or gave them back."""
    returns = await reader.rows_in(select(coupon_return), coupon_return.c.coupon, coupons)
    uses = await reader.rows_in(select(coupon_use), coupon_use.c.coupon, {row.coupon for row in returns})
    newest: dict[str, dict[str, tuple[int, int]]] = {}
    for row in (*returns, *uses):
        device, epoch, seq = row.source.rsplit(":", 2)
        known = newest.setdefault(row.coupon, {})
        known[device] = max(known.get(device, (0, 0)), (int(epoch), int(seq)))
    return {
        name: {device: AppliedBody(*place) for device, place in sorted(places.items())}
        for name, places in newest.items()
    }


def _with_applied(document: str, applied: Mapping[str, AppliedBody]) -> str:
    return body_text(msgspec.structs.replace(_COUPON.decode(document), applied=applied))
