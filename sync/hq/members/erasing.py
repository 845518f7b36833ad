"""A member's data, handed out and erased on request. What is booked stays: ledgers, sales, coupons used, under an id
that is nobody any more.

Registrations are blanked where they are stored: the chain keeps their hashes, and is verified around them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import delete, select, update

from pos_app.domain.branches import ADOPTED_FACT_KIND, meaning
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import read_fact
from pos_app.domain.registration import FACT_KIND as REGISTERED_KIND
from sync.hq.coupons.importing import ISSUED, WITHDRAWN
from sync.hq.db.database import Reader, Writer
from sync.hq.db.member_schema import channel_event, member_identity, member_link, member_visit
from sync.hq.db.returns_schema import sale_return
from sync.hq.db.rights_schema import right_entry
from sync.hq.db.schema import coupon, device, fact, member, publication, publication_due, sale
from sync.hq.members.families import balances_of_families, families_of
from sync.hq.members.publishing import lock_members, put_copies_off
from sync.hq.publications.publishing import body_text
from sync.protocol.topics import COUPON, PURCHASE, MemberBody, PurchaseBody

ERASED: Final = "erased"
"""A fact's state: its hash stands in the chain, its bytes are gone."""
_BLANK: Final = b'{"erased":true}'


async def export(reader: Reader, own: str) -> dict[str, Any]:
    """Give all that headquarters has of a person; raise ``Refusal("member_unknown")``."""
    family = (await families_of(reader, [own]))[own]
    rows = await reader.rows_in(select(member).order_by(member.c.id), member.c.id, family)
    if not rows:
        raise Refusal("member_unknown", field="member", member=own)
    has = (await balances_of_families(reader, [own]))[own]
    tables = {
        "known_by": (select(member_identity.c.kind, member_identity.c.noted_at), member_identity.c.member),
        "links": (select(member_link).order_by(member_link.c.at), member_link.c.member),
        "visits": (select(member_visit).order_by(member_visit.c.store), member_visit.c.member),
        "ledger": (select(right_entry).order_by(right_entry.c.source), right_entry.c.member),
        "coupons": (select(coupon).order_by(coupon.c.id), coupon.c.member),
        "sales": (select(sale).order_by(sale.c.at), sale.c.member),
        "elsewhere": (select(channel_event).order_by(channel_event.c.at), channel_event.c.member),
    }
    found = {
        name: [_plain(row._asdict()) for row in await reader.rows_in(question, column, family)]
        for name, (question, column) in tables.items()
    }
    said = [msgspec.json.decode(row.document) for row in rows]
    return {"family": family, "members": said, "points": has.points, "used": has.used, **found}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out hashes, and open documents: a person reads it."""
    shown = {name: value for name, value in row.items() if name != "digest"}
    if "document" in shown:
        shown["document"] = msgspec.json.decode(shown["document"])
    return shown


async def erase(writer: Writer, own: str) -> Sequence[str]:
    """Erase a person, under all their ids; give these. Stores forget them by the outbox.

    Raises ``Refusal("member_unknown")``.
    """
    stores = await lock_members(writer, [own])
    if own not in stores:
        raise Refusal("member_unknown", field="member", member=own)
    family = sorted(stores)
    rows = await writer.rows_in(select(member), member.c.id, family)
    homes = {msgspec.json.decode(row.document, type=MemberBody).home_store for row in rows}
    await _blank_facts(writer, family, homes)
    await _forget_purchases(writer, family)
    await _withdraw_coupons(writer, family)
    for one in family:
        gone = body_text(MemberBody(id=one))
        await writer.execute(update(member).where(member.c.id == one).values(document=gone, stores="[]"))
        await writer.execute(delete(member_identity).where(member_identity.c.member == one))
        await writer.execute(delete(member_visit).where(member_visit.c.member == one))
    await put_copies_off(writer, stores, own_store="")
    return family


async def _blank_facts(writer: Writer, family: Sequence[str], homes: Iterable[str]) -> None:
    """Blank the facts by which these members were registered, taken over or not."""
    devices = [row.id for row in await writer.rows_in(select(device.c.id), device.c.store, homes)]
    kinds = fact.c.kind.in_((REGISTERED_KIND, ADOPTED_FACT_KIND))
    for row in await writer.rows_in(select(fact).where(kinds), fact.c.device, devices):
        named = any(f'"{one}"'.encode() in row.canonical.replace(b"\\", b"") for one in family)
        if named and _registers(row.canonical):
            at = (fact.c.device == row.device) & (fact.c.epoch == row.epoch) & (fact.c.seq == row.seq)
            await writer.execute(update(fact).where(at).values(canonical=_BLANK, state=ERASED))


def _registers(canonical: bytes) -> bool:
    """Tell whether a fact, taken over or not, is a registration; one that nobody can read counts as one."""
    try:
        return meaning(read_fact(canonical)).kind == REGISTERED_KIND
    except Refusal:
        return True


async def _forget_purchases(writer: Writer, family: Sequence[str]) -> None:
    """Take what they bought off all stores; what other channels told keeps its figures and loses its words."""
    for row in await writer.rows_in(select(channel_event), channel_event.c.member, family):
        said = msgspec.json.decode(row.document, type=PurchaseBody)
        same = (channel_event.c.channel == row.channel) & (channel_event.c.id == row.id)
        plain = body_text(msgspec.structs.replace(said, note="", number=""))
        await writer.execute(update(channel_event).where(same).values(document=plain, identity_kind=None, digest=None))
    standing = select(publication).where(publication.c.topic == PURCHASE, publication.c.body.is_not(None))
    due = select(publication_due).where(publication_due.c.topic == PURCHASE, publication_due.c.body.is_not(None))
    keys = [row.id for row in await writer.rows_in(select(sale.c.id), sale.c.member, family)]
    keys += [row.id for row in await writer.rows_in(select(sale_return.c.id), sale_return.c.member, family)]
    events = await writer.rows_in(select(channel_event.c.channel, channel_event.c.id), channel_event.c.member, family)
    keys += [f"{row.channel}:{row.id}" for row in events]
    told = [*await writer.rows_in(standing, publication.c.key, keys)]
    told += [row for row in await writer.rows_in(due, publication_due.c.key, keys) if row not in told]
    await _take_off(writer, PURCHASE, {(row.scope, row.key) for row in told})


async def _withdraw_coupons(writer: Writer, family: Sequence[str]) -> None:
    mine = coupon.c.member.in_(family) & (coupon.c.state == ISSUED)
    keys = [
        row.id for row in await writer.rows(select(coupon.c.id).where(mine).order_by(coupon.c.id).with_for_update())
    ]
    await writer.execute(update(coupon).where(mine).values(state=WITHDRAWN))
    standing = select(publication.c.scope, publication.c.key).where(publication.c.topic == COUPON)
    await _take_off(
        writer, COUPON, {(row.scope, row.key) for row in await writer.rows_in(standing, publication.c.key, keys)}
    )


async def _take_off(writer: Writer, topic: str, places: Iterable[tuple[str, str]]) -> None:
    """Note that these documents are to be gone."""
    insert = writer.insert(publication_due)
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["scope", "topic", "key"], set_={"body": None}),
        [{"scope": scope, "topic": topic, "key": key, "body": None} for scope, key in sorted(places)],
    )
