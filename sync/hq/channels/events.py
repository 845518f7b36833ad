"""What members did in other channels (orders, pick-ups, service notes): told in batches, each event once, into the same
timeline as what stores sell.

Who did it is named by the member's id or by what they are known by there; a phone is hashed and not kept. What is of
nobody yet waits, and is the member's who comes with that identity later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from sqlalchemy import select

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, parse_moment
from sync.hq.db.database import Writer
from sync.hq.db.member_schema import channel_event
from sync.hq.db.schema import member
from sync.hq.members.identities import Identity, Kind, chain_key, note, owners_of
from sync.hq.members.publishing import lock_members
from sync.hq.members.purchases import MOST_LINES, Purchase, put_purchases_off
from sync.hq.publications.publishing import body_text
from sync.protocol.topics import PurchaseBody, PurchaseLine

MOST_EVENTS: Final = 500

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Amount = Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]
Text = Annotated[str, msgspec.Meta(max_length=200)]
_OWN_KINDS: Final[tuple[Kind, ...]] = ("openid", "app")
"""What a channel knows of a member and we would not: it is noted."""


class Who(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose event it is, by one of these at least."""

    member: Word | None = None
    phone: Word | None = None
    card: Word | None = None
    openid: Word | None = None
    app: Word | None = None


class EventLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goods: quantity in thousandths, amount in fen."""

    sku: Word
    quantity: Amount
    amount: Amount
    name: Text = ""


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event: ``id`` is the channel's own, the same whenever it is sent again."""

    id: Word
    kind: Literal["order", "return", "pick_up", "community", "service_note"]
    at: Word
    who: Who
    number: Text = ""
    store: Text = ""
    amount: Amount = 0
    points: Amount = 0
    lines: Annotated[Sequence[EventLine], msgspec.Meta(max_length=1000)] = ()
    note: Text = ""


class Events(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/channels/{channel}/events`."""

    events: Annotated[Sequence[Event], msgspec.Meta(min_length=1, max_length=MOST_EVENTS)]


@dataclass(frozen=True, slots=True)
class Told:
    """What a batch came to, by the events' ids."""

    taken: Sequence[str]
    repeated: Sequence[str]
    """They were there already, and are left as they are."""
    nobodys: Sequence[str]
    """Taken; nobody is known by what they say."""


def check_events(events: Sequence[Event]) -> None:
    """Check what the shapes do not; raise ``Refusal("event_malformed")`` with the field."""
    seen: set[str] = set()
    for at, event in enumerate(events):
        if event.id in seen:
            raise Refusal("event_malformed", field=f"events[{at}].id", reason="comes twice in this batch")
        seen.add(event.id)
        if not any(msgspec.structs.astuple(event.who)):
            raise Refusal("event_malformed", field=f"events[{at}].who", reason="names nobody")
        try:
            parse_moment(event.at)
        except Refusal as error:
            raise Refusal(
                "event_malformed", field=f"events[{at}].at", reason="is no ISO 8601 with an offset"
            ) from error


async def take_events(writer: Writer, channel: str, events: Sequence[Event], now: Instant) -> Told:
    """Keep events that are new, and tell the stores of their members."""
    check_events(events)
    named = await _named(writer, events, now)
    stores = await lock_members(writer, {own for own, _ in named.values() if own is not None})
    rows = []
    for event in sorted(events, key=lambda event: event.id):
        own, identity = named[event.id]
        rows.append(
            {
                "channel": channel,
                "id": event.id,
                "member": own,
                "kind": event.kind,
                "at": event.at,
                "identity_kind": None if identity is None else identity.kind,
                "digest": None if identity is None else identity.digest,
                "document": body_text(_body(channel, event, own or "")),
                "received_at": now,
            }
        )
    insert = writer.insert(channel_event).on_conflict_do_nothing().returning(channel_event.c.id)
    fresh = {row["id"] for row in rows if await writer.value(insert.values(row)) is not None}
    bought = [
        Purchase(f"{channel}:{row['id']}", str(row["member"]), str(row["document"]))
        for row in rows
        if row["id"] in fresh and row["member"] is not None
    ]
    await put_purchases_off(writer, bought, stores, own_store="")
    ids = [event.id for event in events]
    return Told(
        [own for own in ids if own in fresh],
        [own for own in ids if own not in fresh],
        [own for own in ids if named[own][0] is None],
    )


def _body(channel: str, event: Event, own: str) -> PurchaseBody:
    return PurchaseBody(
        id=event.id,
        member=own,
        at=event.at,
        channel=channel,
        kind=event.kind,
        store=event.store,
        number=event.number,
        amount=event.amount,
        points=event.points,
        lines=[PurchaseLine(line.sku, line.quantity, line.amount, line.name) for line in event.lines[:MOST_LINES]],
        more=max(0, len(event.lines) - MOST_LINES),
        note=event.note,
    )


async def _named(
    writer: Writer, events: Sequence[Event], now: Instant
) -> Mapping[str, tuple[str | None, Identity | None]]:
    """Find whose each event is, and what it waits for where that is nobody yet."""
    key = await chain_key(writer)
    kinds: tuple[Kind, ...] = ("phone", "card", "openid", "app")
    said: dict[str, list[Identity]] = {}
    for event in events:
        hashed = (key.identity(kind, getattr(event.who, kind) or "") for kind in kinds)
        said[event.id] = [each for each in hashed if each is not None]
    owners = await owners_of(writer, (each for hashed in said.values() for each in hashed))
    ids = {event.who.member for event in events if event.who.member is not None}
    known = {row.id for row in await writer.rows_in(select(member.c.id), member.c.id, ids)}
    named: dict[str, tuple[str | None, Identity | None]] = {}
    noted: list[tuple[str, Identity]] = []
    for event in events:
        ids_here = said[event.id]
        by_identity = next((owners[each][0] for each in ids_here if each in owners), None)
        own = event.who.member if event.who.member in known else by_identity
        named[event.id] = own, ids_here[0] if ids_here else None
        if own is not None:
            noted += [(own, each) for each in ids_here if each.kind in _OWN_KINDS]
    await note(writer, noted, now)
    return named
