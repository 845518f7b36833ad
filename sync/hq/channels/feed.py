"""The feed of price changes for other channels: each row's newest, numbered as imports made them.

Rows carry their instants, so that a channel which follows the feed changes its price at the moment at which registers
do. Numbers are given under the lock that imports hold, so they become visible in their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import func, select

from pos_app.domain.instants import Instant, moment_of
from sync.hq.db.database import AnyRow, Reader, Writer
from sync.hq.db.pricing_schema import price_change
from sync.hq.publications.publishing import Document
from sync.protocol.topics import PRICE

Prices = Literal["online", "store"]
"""Whose price rows a channel is told: those for it and those for all."""

FEED: Final = "feed:prices"
"""What the bell rings for the feed: no scope has this name."""
AT_A_TIME: Final = 500


class _Row(msgspec.Struct):
    """Of a price row, through which channels it sells."""

    channel: str = "all"


@dataclass(frozen=True, slots=True)
class FeedPart:
    """Changes behind a number, and the number to go on from."""

    changes: Sequence[dict[str, Any]]
    after: int
    more: bool


async def note_changes(writer: Writer, documents: Sequence[Document], now: Instant) -> None:
    """Note which price rows an import changes; the import holds the lock on headquarters."""
    bodies: dict[str, str | None] = {}
    for document in documents:
        if document.topic == PRICE and (document.body is not None or document.key not in bodies):
            bodies[document.key] = document.body
    if not bodies:
        return
    number = await writer.value(select(func.max(price_change.c.number))) or 0
    known = await writer.rows_in(select(price_change.c.price, price_change.c.reached), price_change.c.price, bodies)
    reached = {row.price: row.reached for row in known}
    insert = writer.insert(price_change)
    newest = {name: insert.excluded[name] for name in ("number", "reached", "body", "published_at")}
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["price"], set_=newest),
        [
            {
                "price": price,
                "number": number + index,
                "reached": _joined(reached.get(price, ""), body),
                "body": body,
                "published_at": now,
            }
            for index, (price, body) in enumerate(bodies.items(), 1)
        ],
    )
    writer.changed_scopes.add(FEED)


def _joined(reached: str, body: str | None) -> str:
    before = set(filter(None, reached.split(";")))
    own = set() if body is None else {msgspec.json.decode(body, type=_Row).channel}
    return ";".join(sorted(before | own))


async def newest_number(reader: Reader) -> int:
    """Tell how far the feed is."""
    return await reader.value(select(func.max(price_change.c.number))) or 0


async def changes_behind(reader: Reader, after: int, prices: Prices, *, limit: int = AT_A_TIME) -> FeedPart:
    """Read what follows a number; a row that is no more for these channels is told as gone."""
    rows = await reader.rows(
        select(price_change).where(price_change.c.number > after).order_by(price_change.c.number).limit(limit)
    )
    concerned = [row for row in rows if {"all", prices} & set(row.reached.split(";"))]
    newest = rows[-1].number if rows else after
    return FeedPart([_told(row, prices) for row in concerned], newest, more=len(rows) == limit)


def _told(row: AnyRow, prices: Prices) -> dict[str, Any]:
    told = {"number": row.number, "id": row.price, "published": moment_of(row.published_at).isoformat()}
    if row.body is None or msgspec.json.decode(row.body, type=_Row).channel not in {"all", prices}:
        return told | {"deleted": True}
    return told | {"row": msgspec.Raw(row.body.encode())}
