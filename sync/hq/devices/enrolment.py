"""Enrolment: a one-time code makes a stranger's key a register's (docs/sync.md §6).

The same code with the same key is answered again, since the first answer may have been lost: until the code expires,
and only while the register is active. A register that enrols anew (a new disk, a new key) goes on in a new epoch
behind the facts that are here.
"""

from secrets import token_hex
from typing import Final

import msgspec
from sqlalchemy import func, select, update

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import GENESIS
from pos_app.domain.ids import StoreId, device_id
from pos_app.domain.instants import Instant
from sync.hq.db.database import AnyRow, Reader, Writer
from sync.hq.db.returns_schema import sale_return
from sync.hq.db.schema import device, enrol_code, place, sale, store_secret
from sync.hq.devices.codes import digest_of
from sync.hq.devices.directory import scopes_of
from sync.hq.drawers.report import last_of
from sync.hq.life import incarnation_of
from sync.protocol.signatures import public_key
from sync.protocol.topics import StoreBody
from sync.protocol.wire import EnrolAnswer, EnrolRequest

RECEIPT_DAYS: Final = 60
"""Business dates whose numbering a register that enrols anew may have to go on with."""
SECRET_BYTES: Final = 32


async def enrol(writer: Writer, asked: EnrolRequest, *, now: Instant, time: str) -> EnrolAnswer:
    """Pin the key to the register that the code is for.

    Raises ``Refusal`` with ``public_key_format``, ``code_unknown``, ``code_used``, ``code_expired``.
    """
    public_key(asked.public_key)
    digest = digest_of(asked.code)
    code = await writer.row(select(enrol_code).where(enrol_code.c.digest == digest).with_for_update())
    if code is None:
        raise Refusal("code_unknown", field="code")
    name = device_id(StoreId(code.store), code.register)
    if code.used_at is not None and code.public_key != asked.public_key:
        raise Refusal("code_used", field="code")
    if code.expires_at <= now:
        raise Refusal("code_expired", field="code")
    if code.used_at is None:
        await _pin(writer, name, code, key=asked.public_key, now=now)
    elif not await _still_holds(writer, name, asked.public_key):
        raise Refusal("code_used", field="code")
    return await _answer(writer, name, time=time)


async def _pin(writer: Writer, name: str, code: AnyRow, *, key: str, now: Instant) -> None:
    await writer.execute(
        update(enrol_code).where(enrol_code.c.digest == code.digest).values(public_key=key, used_at=now)
    )
    before = await writer.row(select(device).where(device.c.id == name).with_for_update())
    if before is None:
        await writer.execute(
            device.insert().values(
                id=name,
                store=code.store,
                register=code.register,
                public_key=key,
                state="active",
                granted_epoch=1,
                head_epoch=0,
                head_seq=0,
                head_hash=GENESIS,
                head_signed="",
                enrolled_at=now,
            )
        )
        return
    granted = before.head_epoch + 1
    anew = update(device).where(device.c.id == name)
    await writer.execute(anew.values(public_key=key, state="active", granted_epoch=granted, enrolled_at=now))


async def _still_holds(reader: Reader, name: str, key: str) -> bool:
    """Tell whether the register is active with this key: neither revoked, nor enrolled anew by a later code."""
    found = await reader.row(select(device.c.public_key, device.c.state).where(device.c.id == name))
    return found is not None and (found.public_key, found.state) == (key, "active")


async def _answer(writer: Writer, name: str, *, time: str) -> EnrolAnswer:
    row = await writer.row(
        select(device.c.store, device.c.register, device.c.granted_epoch, place.c.zone, place.c.document)
        .join(place, place.c.id == device.c.store)
        .where(device.c.id == name)
    )
    if row is None:
        raise AssertionError("the register was pinned in this transaction, or before")
    store = msgspec.json.decode(row.document, type=StoreBody)
    shift, closed_day = await last_of(writer, name)
    return EnrolAnswer(
        device=name,
        store=row.store,
        store_name=store.name,
        zone=row.zone,
        register=row.register,
        epoch=row.granted_epoch,
        incarnation=await incarnation_of(writer),
        scopes=list(scopes_of(row.store, row.zone)),
        utc_offset_minutes=store.utc_offset_minutes,
        time=time,
        receipts=await _receipts(writer, name),
        shift=shift,
        closed_day=closed_day,
        store_secret=await _store_secret(writer, row.store),
    )


async def _store_secret(writer: Writer, store: str) -> str:
    """Give the store's secret; its first register's enrolment makes it."""
    first = writer.insert(store_secret).on_conflict_do_nothing()
    await writer.execute(first, [{"store": store, "secret": token_hex(SECRET_BYTES)}])
    return str(await writer.value(select(store_secret.c.secret).where(store_secret.c.store == store)))


async def _receipts(reader: Reader, name: str) -> dict[str, int]:
    """Tell the highest number of each of the last days, of sales and returns."""
    highest: dict[str, int] = {}
    for table in (sale, sale_return):
        rows = await reader.rows(
            select(table.c.business_date, func.max(table.c.receipt_number).label("highest"))
            .where(table.c.device == name)
            .group_by(table.c.business_date)
            .order_by(table.c.business_date.desc())
            .limit(RECEIPT_DAYS)
        )
        for row in rows:
            highest[row.business_date] = max(row.highest, highest.get(row.business_date, 0))
    return highest
