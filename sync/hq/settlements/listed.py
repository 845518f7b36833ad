"""What channels list: each price held against the shelf price by the rules as they are now, without a member.

A listing may still say what the rules gave a little while ago.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import select, tuple_

from pos_app.domain.ids import Sku
from pos_app.domain.instants import Instant, instant_of, moment_of
from pos_app.domain.pricing.inputs import Channel, PriceRow, Rulebook
from pos_app.domain.pricing.shelf import best_row
from pos_app.domain.pricing.situation import Situation
from sync.hq.db.database import AnyRow, AnySelect, Reader
from sync.hq.db.pricing_schema import channel, listed_price, price_change
from sync.hq.db.schema import place
from sync.hq.db.schema import publication_version as version
from sync.hq.quotes.rulebooks import Rulebooks
from sync.hq.quotes.versions import scopes_now
from sync.hq.settlements.freezing import Alarm

GRACE: Final = timedelta(minutes=15)
"""How long a channel may take to list a price that changed."""

Place = tuple[str, str, str]
"""Channel, store and SKU of a listing."""


def listings(after: Place, limit: int) -> AnySelect:
    """Ask for what is listed behind a place, store by store."""
    order = (listed_price.c.channel, listed_price.c.store, listed_price.c.sku)
    return (
        select(listed_price, channel.c.prices, place.c.zone)
        .join(channel, channel.c.id == listed_price.c.channel)
        .join(place, place.c.id == listed_price.c.store, isouter=True)
        .where(tuple_(*order) > after)
        .order_by(*order)
        .limit(limit)
    )


async def wrongly_listed(reader: Reader, rulebooks: Rulebooks, listed: Sequence[AnyRow], now: Instant) -> list[Alarm]:
    """Find listings that the rules do not give, and did not give a little before."""
    before = instant_of(moment_of(now) - GRACE)
    young = await _changed_since(reader, {row.sku for row in listed}, before)
    alarms: list[Alarm] = []
    for (store, zone), some in groupby(listed, key=lambda row: (row.store, row.zone or "")):
        rows = list(some)
        rulebook = await rulebooks.at(reader, scopes_now(store, zone), {Sku(row.sku) for row in rows})
        for row in rows:
            right, lately = (_right_row(rulebook, row, at) for at in (now, before))
            if row.sku not in young and row.amount not in {each.amount for each in (right, lately) if each}:
                alarms.append(_alarm(row, right))
    return alarms


def _right_row(rulebook: Rulebook, listed: AnyRow, at: Instant) -> PriceRow | None:
    """Find the row that sets a product's shelf price."""
    sells: Channel = listed.prices
    situation = Situation(at, 1, 0, f"store:{listed.store}", f"zone:{listed.zone or ''}", sells, None)
    return best_row(rulebook.prices.get(Sku(listed.sku), ()), situation)


async def _changed_since(reader: Reader, skus: Iterable[str], since: Instant) -> set[str]:
    """List the products of which a price row was published since."""
    young = (
        select(version.c.sku)
        .join(price_change, price_change.c.price == version.c.key)
        .where(price_change.c.published_at > since)
    )
    return {row.sku for row in await reader.rows_in(young, version.c.sku, skus)}


def _alarm(listed: AnyRow, right: PriceRow | None) -> Alarm:
    return Alarm(
        f"channel:{listed.channel}",
        "listed",
        f"listed:{listed.sku}@{listed.store}",
        {
            "sku": listed.sku,
            "store": listed.store,
            "listed": listed.amount,
            "listed_at": listed.at,
            "price": None if right is None else right.amount,
            "price_id": None if right is None else right.id,
        },
    )
