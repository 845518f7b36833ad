"""Members as registers get them: what was imported of them, and what they have by the ledger, in each of their stores.

A batch of facts tells its own store; the others get their copies by the outbox, composed when they are sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import select

from sync.hq.db.database import Reader, Writer
from sync.hq.db.rights_schema import lease
from sync.hq.db.schema import member, publication, publication_due
from sync.hq.devices.applied import applied_at
from sync.hq.members.families import balances_of_families, families_of
from sync.hq.members.initials import initials_of_person
from sync.hq.members.ledger import POINTS, Balances
from sync.hq.members.visits import visited_by
from sync.hq.publications.publishing import Document, Wanted, body_text
from sync.protocol.topics import MEMBER, AppliedBody, MemberBody

Stores = Mapping[str, Sequence[str]]
"""Members' stores, by member."""

_MEMBER: Final = msgspec.json.Decoder(MemberBody)
_STORES: Final = msgspec.json.Decoder(list[str])


async def lock_members(writer: Writer, members: Iterable[str]) -> dict[str, list[str]]:
    """Lock what members have until this transaction ends: an import of one of them waits, and so does who sells to one.

    Who is one person with another is locked with it. Gives the stores of all whom headquarters knows.
    """
    wanted, locked = set(members), set[str]()
    while True:
        wanted |= (await families_of(writer, wanted)).keys()
        if wanted <= locked:
            return await stores_of(writer, locked)
        rows = select(member.c.id).order_by(member.c.id).with_for_update()
        await writer.rows_in(rows, member.c.id, wanted)
        locked = set(wanted)  # a link that was made meanwhile is seen now


async def stores_of(reader: Reader, members: Iterable[str]) -> dict[str, list[str]]:
    """Give the stores of members that headquarters knows, and of who is one person with them: all of the person's."""
    families = await families_of(reader, members)
    rows = await reader.rows_in(select(member.c.id, member.c.stores), member.c.id, families)
    visited = await visited_by(reader, families)
    own = {row.id: [*_STORES.decode(row.stores), *visited.get(row.id, ())] for row in rows}
    return {name: list(dict.fromkeys(each for one in families[name] for each in own.get(one, ()))) for name in own}


async def member_documents(
    reader: Reader, store: str, members: Iterable[str], applied: Mapping[str, AppliedBody]
) -> list[Document]:
    """Compose what a store should know of those of these members that are its own; read it behind the lock on the
    store's scope.
    """
    wanted = set(members)
    families = await families_of(reader, wanted)
    rows = {row.id: row for row in await reader.rows_in(select(member), member.c.id, families)}
    balances, leased = await balances_of_families(reader, families), await _leased(reader, families)
    stores, documents = await stores_of(reader, families), []
    for name in sorted(wanted & rows.keys()):
        if store in stores[name]:
            family = [rows[each] for each in families[name] if each in rows]
            lies = sum(leased.get(each, 0) for each in families[name])
            told = _Told(name, families[name], [_MEMBER.decode(row.document) for row in family])
            documents.append(Document(f"store:{store}", MEMBER, name, told.body(balances[name], lies, applied)))
    return documents


async def _leased(reader: Reader, members: Iterable[str]) -> dict[str, int]:
    """Tell how many points of these members lie at registers."""
    live = select(lease.c.key, lease.c.amount, lease.c.spent).where(lease.c.state != "ended")
    found: dict[str, int] = {}
    for row in await reader.rows_in(live.where(lease.c.resource == POINTS), lease.c.key, members):
        found[row.key] = found.get(row.key, 0) + row.amount - row.spent
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """A member as it is told: what was said of it and of who is one person with it, the head of the family first."""

    name: str
    family: Sequence[str]
    said: Sequence[MemberBody]

    def body(self, has: Balances, leased: int, applied: Mapping[str, AppliedBody]) -> str:
        head, is_head = self.said[0], self.name == self.family[0]
        # what somebody was known by goes on leading to them
        own = next((each for each in self.said if each.id == self.name), head)
        name = self._first("name")
        return body_text(
            msgspec.structs.replace(
                head,
                id=self.name,
                name=name,
                # one that an earlier release imported has none
                initials=head.initials if head.initials and head.name == name else initials_of_person(name),
                tier=self._first("tier"),
                phone=self._first("phone") if is_head else own.phone,
                card=self._first("card") if is_head else own.card,
                home_store=self._first("home_store"),
                birth_month=next((each.birth_month for each in self.said if each.birth_month), None),
                also=self.family[1:] if is_head else (),
                merged_into="" if is_head else self.family[0],
                points=has.points,
                leased=leased,
                used=has.used,
                applied=applied,
            )
        )

    def _first(self, field: str) -> str:
        return next((said for each in self.said if (said := str(getattr(each, field)))), "")


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
    """Compose copies that are due in a scope, or say that they are gone; read them behind its lock."""
    store = scope.removeprefix("store:")
    documents = await member_documents(writer, store, members, await applied_at(writer, store))
    away = set(members) - {document.key for document in documents}
    standing = select(publication.c.key).where(
        publication.c.topic == MEMBER, publication.c.scope == scope, publication.c.body.is_not(None)
    )
    gone = sorted(row.key for row in await writer.rows_in(standing, publication.c.key, away))
    return [*documents, *(Document(scope, MEMBER, own, None) for own in gone)]


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
