"""What members bought, through all channels: a document for each purchase, in each store of its member.

A sale tells its own store at once and the others by the outbox, one document each, so that a purchase costs the same
however much came before it. A store that a member comes to anew gets what came before by the outbox, composed then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import select

from pos_app.domain.facts import Position
from pos_app.domain.instants import parse_moment
from sync.hq.db.database import Writer
from sync.hq.db.member_schema import channel_event
from sync.hq.db.rights_schema import right_entry
from sync.hq.db.schema import publication_due, sale, sale_line
from sync.hq.facts.effects import Effects
from sync.hq.members.ledger import POINTS
from sync.hq.members.publishing import Stores
from sync.hq.publications.publishing import Document, body_text
from sync.hq.returns.reading import CameBack
from sync.hq.stock_pool.ledger import source_of
from sync.protocol.topics import PURCHASE, PurchaseBody, PurchaseLine

STORE_CHANNEL: Final = "store"
MOST_KEPT: Final = 50
"""So many of a member's last purchases a store gets that had none."""
MOST_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase as a document."""

    key: str
    member: str
    body: str


def purchases_in(batch: Sequence[Effects]) -> list[Purchase]:
    """List what members bought, and brought back, by the facts of a batch."""
    found = []
    for effects in batch:
        row = effects.sale
        if row is not None and row["member"] is not None:
            points = sum(entry.amount for entry in effects.entries if entry.entitlement == POINTS)
            lines = [(line["sku"], line["quantity"], line["net"]) for line in effects.lines]
            found.append(_of_sale(row, lines, points))
        back = effects.came_back
        if back is not None and back.body.member is not None:
            points = sum(entry.amount for entry in effects.entries if entry.entitlement == POINTS)
            found.append(_of_return(back, back.body.member.id, points))
    return found


def _of_return(back: CameBack, member: str, points: int) -> Purchase:
    said = back.body
    body = PurchaseBody(
        id=said.id,
        member=member,
        at=back.at,
        channel=STORE_CHANNEL,
        kind="return",
        store=str(back.row["store"]),
        number=said.receipt,
        amount=-said.amount,
        points=points,
        lines=[PurchaseLine(line.sku, line.quantity, -line.amount) for line in said.lines[:MOST_LINES]],
        more=max(0, len(said.lines) - MOST_LINES),
    )
    return Purchase(body.id, member, body_text(body))


def _of_sale(row: Mapping[str, Any], lines: Sequence[tuple[str, int, int]], points: int) -> Purchase:
    body = PurchaseBody(
        id=row["id"],
        member=row["member"],
        at=row["at"],
        channel=STORE_CHANNEL,
        kind="sale",
        store=row["store"],
        number=row["receipt"],
        amount=row["payable"],
        points=points,
        lines=[PurchaseLine(sku, quantity, amount) for sku, quantity, amount in lines[:MOST_LINES]],
        more=max(0, len(lines) - MOST_LINES),
    )
    return Purchase(body.id, body.member, body_text(body))


def documents_in(purchases: Iterable[Purchase], store: str, stores: Stores) -> list[Document]:
    """Give the documents for one store, of those members who are its own."""
    return [
        Document(f"store:{store}", PURCHASE, each.key, each.body)
        for each in purchases
        if store in stores.get(each.member, ())
    ]


async def put_purchases_off(writer: Writer, purchases: Sequence[Purchase], stores: Stores, own_store: str) -> None:
    """Note that the members' other stores should hear of what they bought."""
    insert = writer.insert(publication_due)
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["scope", "topic", "key"], set_={"body": insert.excluded.body}),
        [
            {"scope": f"store:{store}", "topic": PURCHASE, "key": each.key, "body": each.body}
            for each in sorted(purchases, key=lambda each: each.key)
            for store in sorted(stores.get(each.member, ()))
            if store != own_store
        ],
    )


async def history_copies(writer: Writer, scope: str, members: Sequence[str]) -> list[Document]:
    """Compose what a store should have of what members bought before; read it behind the scope's lock."""
    found: list[Document] = []
    for own in sorted(members):
        rows = await writer.rows(
            select(sale).where(sale.c.member == own).order_by(sale.c.at.desc(), sale.c.id).limit(MOST_KEPT)
        )
        lines: dict[str, list[tuple[str, int, int]]] = {}
        of_sales = select(sale_line).order_by(sale_line.c.sale, sale_line.c.line)
        for line in await writer.rows_in(of_sales, sale_line.c.sale, [row.id for row in rows]):
            lines.setdefault(line.sale, []).append((line.sku, line.quantity, line.net))
        points = await _points_of(writer, own, [row._asdict() for row in rows])
        purchases = [_of_sale(row._asdict(), lines.get(row.id, ()), points.get(row.id, 0)) for row in rows]
        events = await writer.rows(
            select(channel_event)
            .where(channel_event.c.member == own)
            .order_by(channel_event.c.at.desc(), channel_event.c.id)
            .limit(MOST_KEPT)
        )
        purchases += [Purchase(f"{row.channel}:{row.id}", own, row.document) for row in events]
        newest = sorted(purchases, key=_moment, reverse=True)[:MOST_KEPT]
        found += [Document(scope, PURCHASE, each.key, each.body) for each in newest]
    return found


async def _points_of(writer: Writer, member: str, sales: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Tell what each of these sales changed of the member's points."""
    by_source = {source_of(row["device"], Position(row["epoch"], row["seq"])): row["id"] for row in sales}
    entries = select(right_entry).where(right_entry.c.member == member, right_entry.c.entitlement == POINTS)
    found: dict[str, int] = {}
    for row in await writer.rows_in(entries, right_entry.c.source, by_source):
        found[by_source[row.source]] = found.get(by_source[row.source], 0) + row.amount
    return found


class _Dated(msgspec.Struct):
    """Of a purchase, when it was."""

    at: str


def _moment(purchase: Purchase) -> tuple[str, str]:
    at = parse_moment(msgspec.json.decode(purchase.body, type=_Dated).at)
    return f"{at.timestamp():020.6f}", purchase.key
