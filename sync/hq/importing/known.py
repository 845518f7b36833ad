"""What headquarters has already that an import may speak of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from sqlalchemy import select

from sync.hq.db.database import AnyRow, Reader
from sync.hq.db.rights_schema import right_entry
from sync.hq.db.schema import barcode, coupon, member, operator, place, price, product, publication, stock_movement
from sync.protocol.topics import (
    COUPON_TEMPLATE,
    FLOAT_RANGE,
    PROMOTION,
    PROMOTION_AUTHORITY,
    FloatRangeBody,
    PromotionAuthorityBody,
)

T = TypeVar("T")


@dataclass(slots=True)
class Known:
    """Places and zones in whole; of the rest what was asked for."""

    places: dict[str, str] = field(default_factory=dict)
    """Kind by id."""
    zones: set[str] = field(default_factory=set)
    skus: set[str] = field(default_factory=set)
    prices: set[str] = field(default_factory=set)
    """Those that were deleted, too: an import whose answer was lost is sent again."""
    barcodes: dict[str, str] = field(default_factory=dict)
    """SKU by look-up key."""
    openings: dict[tuple[str, str], int] = field(default_factory=dict)
    """Opening stock (thousandths) by place and SKU."""
    opening_points: dict[str, int] = field(default_factory=dict)
    """By member."""
    operators: dict[str, str] = field(default_factory=dict)
    """Document by number."""
    members: set[str] = field(default_factory=set)
    promotions: set[str] = field(default_factory=set)
    """Those that were deleted lately, too, as prices."""
    templates: set[str] = field(default_factory=set)
    templates_gone: set[str] = field(default_factory=set)
    coupons: dict[str, AnyRow] = field(default_factory=dict)
    """Row by id."""
    products: Sequence[str] = ()
    """The documents of all products, where rules may speak of any of them."""
    zone_of: dict[str, str] = field(default_factory=dict)
    """Zone by place."""
    float_ranges: dict[str, FloatRangeBody] = field(default_factory=dict)
    authorities: dict[str, PromotionAuthorityBody] = field(default_factory=dict)
    chain_bases: Sequence[str] = ()
    """The documents of the whole chain's price rows, where something is measured by them."""

    @property
    def scopes(self) -> set[str]:
        """List the scopes that a price or a rule may have."""
        stores = {f"store:{name}" for name, kind in self.places.items() if kind == "store"}
        return {"chain"} | stores | {f"zone:{zone}" for zone in self.zones}


@dataclass(frozen=True, slots=True)
class Named:
    """What an import speaks of."""

    skus: frozenset[str] = frozenset()
    prices: frozenset[str] = frozenset()
    barcodes: frozenset[str] = frozenset()
    openings: frozenset[str] = frozenset()
    """Places whose opening stock is named."""
    opening_points: frozenset[str] = frozenset()
    """Members whose opening points are named."""
    operators: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    promotions: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    coupons: frozenset[str] = frozenset()
    selectors: bool = False
    """It has rules that speak of products by what they are."""
    bound: bool = False
    """It has prices or promotions of zones or stores, which a policy binds."""
    policy: bool = False
    """It has a policy."""


async def look_up(reader: Reader, named: Named) -> Known:
    """Ask for what an import speaks of."""
    places = await reader.rows(select(place.c.id, place.c.kind, place.c.zone))
    known = Known({row.id: row.kind for row in places}, {row.zone for row in places if row.zone})
    known.zone_of = {row.id: row.zone for row in places}
    known.skus = {row.sku for row in await reader.rows_in(select(product), product.c.sku, named.skus)}
    known.prices = {row.id for row in await reader.rows_in(select(price), price.c.id, named.prices)}
    codes = await reader.rows_in(select(barcode), barcode.c.lookup_key, named.barcodes)
    known.barcodes = {row.lookup_key: row.sku for row in codes}
    opened = select(stock_movement).where(stock_movement.c.source == "opening")
    openings = await reader.rows_in(opened, stock_movement.c.place, named.openings)
    known.openings = {(row.place, row.sku): row.quantity for row in openings}
    first = select(right_entry.c.member, right_entry.c.amount).where(right_entry.c.source == "opening")
    points = await reader.rows_in(first, right_entry.c.member, named.opening_points)
    known.opening_points = {row.member: row.amount for row in points}
    operators = await reader.rows_in(select(operator), operator.c.id, named.operators)
    known.operators = {row.id: row.document for row in operators}
    await _look_up_rules(reader, named, known)
    return known


async def _look_up_rules(reader: Reader, named: Named, known: Known) -> None:
    known.members = {row.id for row in await reader.rows_in(select(member.c.id), member.c.id, named.members)}
    standing, gone = await _published(reader, PROMOTION, named.promotions)
    known.promotions = standing | gone
    known.templates, known.templates_gone = await _published(reader, COUPON_TEMPLATE, named.templates)
    known.coupons = {row.id: row for row in await reader.rows_in(select(coupon), coupon.c.id, named.coupons)}
    if named.selectors:
        known.products = [row.document for row in await reader.rows(select(product.c.document))]
    known.float_ranges = await _policy(reader, FLOAT_RANGE, FloatRangeBody)
    known.authorities = await _policy(reader, PROMOTION_AUTHORITY, PromotionAuthorityBody)
    if named.bound and (known.float_ranges or known.authorities or named.policy):
        chain = select(price.c.document).where(price.c.scope == "chain", price.c.deleted.is_(False))
        known.chain_bases = [row.document for row in await reader.rows(chain)]


async def _policy(reader: Reader, topic: str, kind: type[T]) -> dict[str, T]:
    """Read what is in force of a policy, by id."""
    live = select(publication.c.key, publication.c.body).where(publication.c.topic == topic)
    rows = await reader.rows(live.where(publication.c.body.is_not(None)))
    return {row.key: msgspec.json.decode(row.body, type=kind) for row in rows}


async def _published(reader: Reader, topic: str, keys: frozenset[str]) -> tuple[set[str], set[str]]:
    """List which of these documents stand, and which were deleted lately."""
    columns = publication.c
    asked = select(columns.key, columns.body.is_(None).label("gone")).where(columns.topic == topic)
    rows = await reader.rows_in(asked, columns.key, keys)
    standing = {row.key for row in rows if not row.gone}
    return standing, {row.key for row in rows} - standing
