"""Members as registers get them: what was imported of them, and what they have by the ledger, in each of their stores.

A batch of facts tells its own store; the others get their copies by the outbox, composed when they are sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import select

from sync.hq.db.database import Reader, Writer
from sync.hq.db.rights_schema import lease
from sync.hq.db.schema import member, publication, publication_due
from sync.hq.devices.applied import applied_at
from sync.hq.members.initials import initials_of_person
from sync.hq.members.ledger import POINTS, Balances, balances_of
from sync.hq.publications.publishing import Document, Wanted, body_text
from sync.protocol.topics import MEMBER, AppliedBody, MemberBody

Stores = Mapping[str, Sequence[str]]
"""Members' stores, by member."""

_MEMBER: Final = msgspec.json.Decoder(MemberBody)
_STORES: Final = msgspec.json.Decoder(list[str])


async def lock_members(writer: Writer, members: Iterable[str]) -> dict[str, list[str]]:
    """Lock what members have until this transaction ends: an import of one of them waits, and so does who sells to one.

    Gives the stores of those that headquarters knows.
    """
    locked = select(member.c.id, member.c.stores).order_by(member.c.id).with_for_update()
    return {row.id: _STORES.decode(row.stores) for row in await writer.rows_in(locked, member.c.id, members)}


async def stores_of(reader: Reader, members: Iterable[str]) -> dict[str, list[str]]:
    """Give the stores of members that headquarters knows."""
    rows = await reader.rows_in(select(member.c.id, member.c.stores), member.c.id, members)
    return {row.id: _STORES.decode(row.stores) for row in rows}


async def member_documents(
    reader: Reader, store: str, members: Iterable[str], applied: Mapping[str, AppliedBody]
) -> list[Document]:
    """Compose what a store should know of those of these members that are its own; read it behind the lock on the
    store's scope.
    """
    rows = await reader.rows_in(select(member).order_by(member.c.id), member.c.id, members)
    own = [row for row in rows if store in _STORES.decode(row.stores)]
    names = [row.id for row in own]
    balances, leased = await balances_of(reader, names), await _leased(reader, names)
    return [
        Document(
            f"store:{store}",
            MEMBER,
            row.id,
            _body(row.document, balances.get(row.id, Balances()), leased.get(row.id, 0), applied),
        )
        for row in own
    ]


async def _leased(reader: Reader, members: Iterable[str]) -> dict[str, int]:
    """Tell how many points of these members lie at registers."""
    live = select(lease.c.key, lease.c.amount, lease.c.spent).where(lease.c.state != "ended")
    found: dict[str, int] = {}
    for row in await reader.rows_in(live.where(lease.c.resource == POINTS), lease.c.key, members):
        found[row.key] = found.get(row.key, 0) + row.amount - row.spent
    return found


def _body(document: str, has: Balances, leased: int, applied: Mapping[str, AppliedBody]) -> str:
    said = _MEMBER.decode(document)
    initials = said.initials or initials_of_person(said.name)  # one that an earlier release imported has none
    has_now = {"points": has.points, "leased": leased, "used": has.used, "applied": applied}
    return body_text(msgspec.structs.replace(said, initials=initials, **has_now))


async def put_copies_off(writer: Writer, members: Stores, own_store: str) -> None:
    """Note that other stores should hear of these members too."""
    due = sorted((f"store:{store}", own) for own, stores in members.items() for store in stores if store != own_store)
    await writer.execute(
        writer.insert(publication_due).on_conflict_do_update(
            index_elements=["scope", "topic", "key"], set_={"body": None}
        ),
        [{"scope": scope, "topic": MEMBER, "key": own, "body": None} for scope, own in due],
    )


async def member_copies(writer: Writer, scope: str, members: Sequence[str]) -> list[Document]:
    """Compose copies that are due in a scope; read them behind its lock."""
    store = scope.removeprefix("store:")
    return await member_documents(writer, store, members, await applied_at(writer, store))


async def scopes_of(reader: Reader, members: Stores) -> set[str]:
    """List where these members stand or should stand."""
    standing = select(publication.c.scope).where(publication.c.topic == MEMBER, publication.c.body.is_not(None))
    rows = await reader.rows_in(standing.distinct(), publication.c.key, members)
    return {row.scope for row in rows} | {f"store:{store}" for stores in members.values() for store in stores}


async def wanted_members(reader: Reader, members: Stores) -> list[Wanted]:
    """Say how these members should stand; read it behind the locks on the scopes that `scopes_of` lists."""
    bodies: dict[str, dict[str, str]] = {own: {} for own in members}
    for store in sorted({store for stores in members.values() for store in stores}):
        here = [own for own, stores in members.items() if store in stores]
        for document in await member_documents(reader, store, here, await applied_at(reader, store)):
            bodies[document.key][document.scope] = document.body or ""
    return [Wanted(MEMBER, own, bodies[own]) for own in sorted(bodies)]


def says_the_same(one: str, other: str) -> bool:
    """Tell whether two bodies say the same of a member: what facts are in it is no news while the amounts are equal."""
    return _without_applied(one) == _without_applied(other)


def _without_applied(body: str) -> MemberBody:
    return msgspec.structs.replace(_MEMBER.decode(body), applied={})
