"""Members that stores registered, with a line or without: known from their fact on, and linked where they were known.

The same phone is the same person, at once; a link can be taken back. Knows nothing of facts' shapes but its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from sqlalchemy import select

from pos_app.domain.instants import Instant, parse_instant
from sync.hq.db.database import Writer
from sync.hq.db.schema import member
from sync.hq.members.families import Link, families_of
from sync.hq.members.history import put_history_off
from sync.hq.members.identities import PHONE, Identity, chain_key, note, owners_of
from sync.hq.members.initials import initials_of_person
from sync.hq.members.linking import join
from sync.hq.members.waiting import attach_events
from sync.hq.publications.publishing import body_text
from sync.protocol.topics import MemberBody

SAME_PHONE: Final = "same_phone"


class RegisteredBody(msgspec.Struct, frozen=True):
    """The body of a `member_registered` fact."""

    member: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    phone: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    consent: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    birth_month: Annotated[int, msgspec.Meta(ge=1, le=12)] | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration with its store and moment."""

    body: RegisteredBody
    store: str
    at: str

    def instant(self) -> Instant:
        """Say when."""
        return parse_instant(self.at)

    def document(self) -> MemberBody:
        """Give what registers get of the member."""
        body = self.body
        return MemberBody(
            id=body.member,
            name=body.name,
            initials=initials_of_person(body.name),
            phone=body.phone,
            home_store=self.store,
            birth_month=body.birth_month,
            consent=body.consent,
        )


async def register(writer: Writer, registered: Sequence[Registered]) -> None:
    """Write members that are new, and link each to who is known by its phone. Before any other lock on members."""
    if not registered:
        return
    key = await chain_key(writer)
    identities = {each.body.member: key.identities(each.body.phone) for each in registered}
    of_members = [(own, identity) for own, found in identities.items() for identity in found]
    await note(writer, of_members, registered[0].instant())
    await writer.execute(
        writer.insert(member).on_conflict_do_nothing(),
        [
            {"id": each.body.member, "document": body_text(each.document()), "stores": body_text([each.store])}
            for each in sorted(registered, key=lambda each: each.body.member)
        ],
    )
    owners = await owners_of(writer, (identity for _, identity in of_members))
    for each in registered:
        own = each.body.member
        known = [one for identity in identities[own] if identity.kind == PHONE for one in owners[identity]]
        others = [one for one in known if one != own]
        if others:
            await _link(writer, own, others, each.instant())
    got = await attach_events(writer, of_members)
    for each in registered:
        if each.body.member in got:
            await put_history_off(writer, [each.body.member], [each.store])


async def link_registered(writer: Writer, imported: Mapping[str, Sequence[Identity]], at: Instant) -> None:
    """Link to imported members those whom stores registered with the same phone. Two who were both imported stay two:
    whoever sent them knows them as two.
    """
    phones = {name: [each for each in found if each.kind == PHONE] for name, found in imported.items()}
    owners = await owners_of(writer, (each for found in phones.values() for each in found))
    others = {one for found in owners.values() for one in found} - imported.keys()
    registered = await _registered(writer, others)
    for name, found in phones.items():
        for one in sorted({one for each in found for one in owners.get(each, ())} & registered):
            (head, *_) = (await families_of(writer, [one]))[one]
            if head in registered:
                await join(writer, Link(head, name, SAME_PHONE), at)


async def _link(writer: Writer, own: str, others: Sequence[str], at: Instant) -> None:
    """Link a member to one of those who came with the same phone: first whom an import brought, else the first."""
    registered = await _registered(writer, others)
    into = next((one for one in others if one not in registered), others[0])
    await join(writer, Link(own, into, SAME_PHONE), at)


async def _registered(writer: Writer, members: Iterable[str]) -> set[str]:
    """Tell which of these a store registered."""
    rows = await writer.rows_in(select(member.c.id, member.c.document), member.c.id, members)
    return {row.id for row in rows if msgspec.json.decode(row.document, type=MemberBody).consent}
