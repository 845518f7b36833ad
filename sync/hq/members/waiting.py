"""Events of other channels that were nobody's, until somebody came with their identity."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select, tuple_, update

from sync.hq.db.database import Writer
from sync.hq.db.member_schema import channel_event
from sync.hq.members.identities import Identity
from sync.hq.publications.publishing import body_text
from sync.protocol.topics import PurchaseBody


async def attach_events(writer: Writer, of_members: Sequence[tuple[str, Identity]]) -> set[str]:
    """Give events that waited to who came with their identity; tell who got some."""
    columns = channel_event.c
    whose = {(identity.kind, identity.digest): own for own, identity in of_members}
    if not whose:
        return set()
    waiting = await writer.rows(
        select(channel_event).where(
            columns.member.is_(None), tuple_(columns.identity_kind, columns.digest).in_(list(whose))
        )
    )
    got: set[str] = set()
    for row in waiting:
        own = whose[row.identity_kind, row.digest]
        document = msgspec.json.decode(row.document, type=PurchaseBody)
        told = body_text(msgspec.structs.replace(document, member=own))
        same = (columns.channel == row.channel) & (columns.id == row.id)
        await writer.execute(update(channel_event).where(same).values(member=own, document=told))
        got.add(own)
    return got
