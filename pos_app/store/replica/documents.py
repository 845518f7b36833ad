"""Documents of the replica as values of the domain; None for one in a shape that this release cannot read.

Pure; knows nothing of files or tables.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from pos_app.domain.catalog import Barcode, Product, Unit
from pos_app.domain.coupons import NEVER, Coupon, OfflineRule, read_offline_rule
from pos_app.domain.errors import Refusal
from pos_app.domain.exceptions import StoreException
from pos_app.domain.facts import Position
from pos_app.domain.ids import CouponId, DeviceId, MemberId, OperatorId, Sku
from pos_app.domain.instants import Instant, parse_instant, parse_moment
from pos_app.domain.leases import Lease
from pos_app.domain.ledger import REGISTERED, Applied, ConfirmedAmount, LedgerKey
from pos_app.domain.members import Member
from pos_app.domain.operators import Operator
from pos_app.domain.pricing.announced import Announced
from pos_app.domain.pricing.documents import parsed
from pos_app.domain.pricing.inputs import PricedProduct
from pos_app.domain.pricing.promotion_documents import read_promotion
from pos_app.domain.pricing.promotions import Promotion
from pos_app.domain.pricing.reading import Mistake
from pos_app.domain.quantity import Quantity
from pos_app.domain.scale_labels import LabelLayout
from sync.protocol import rules
from sync.protocol.topics import (
    COUPON,
    LEASE,
    MEMBER,
    STOCK,
    AppliedBody,
    CouponBody,
    ExceptionBody,
    LabelLayoutBody,
    LeaseBody,
    MemberBody,
    OperatorBody,
    ProductBody,
    StockBody,
    TokenKeyBody,
)

_PRODUCT: Final = msgspec.json.Decoder(ProductBody)
_OPERATOR: Final = msgspec.json.Decoder(OperatorBody)
_MEMBER: Final = msgspec.json.Decoder(MemberBody)
_STOCK: Final = msgspec.json.Decoder(StockBody)
_LEASE: Final = msgspec.json.Decoder(LeaseBody)
_COUPON: Final = msgspec.json.Decoder(CouponBody)
_EXCEPTION: Final = msgspec.json.Decoder(ExceptionBody)
_LABEL_LAYOUT: Final = msgspec.json.Decoder(LabelLayoutBody)
_TOKEN_KEY: Final = msgspec.json.Decoder(TokenKeyBody)
_PUBLIC_KEY: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_USE: Final = "use"
_LEASED: Final = "leased"
_RETURNED: Final = "returned"
_DOCUMENTS: Final = {_USE: MEMBER, _LEASED: MEMBER, REGISTERED: MEMBER, _RETURNED: LEASE}
"""Amounts that stand in a document of another topic."""


class _ComesBackBody(msgspec.Struct, frozen=True):
    """What a coupon template says of returns: ``whole`` or ``never``."""

    returns: str = "whole"


class _OfflineBody(msgspec.Struct, frozen=True):
    """How a coupon template's coupons are spent with no line."""

    offline: Any = None


class _ActiveBody(msgspec.Struct, frozen=True):
    """The dates of a promotion."""

    starts: str | None = msgspec.field(default=None, name="from")
    ends: str | None = msgspec.field(default=None, name="to")


class _PromotionBody(msgspec.Struct, frozen=True):
    """What is known of a promotion before it is read."""

    id: str
    active: _ActiveBody | None = None
    limit_per_member: int | None = None


_PROMOTION: Final = msgspec.json.Decoder(_PromotionBody)
_COMES_BACK: Final = msgspec.json.Decoder(_ComesBackBody)
_OFFLINE: Final = msgspec.json.Decoder(_OfflineBody)

_Body = TypeVar("_Body", bound=msgspec.Struct)


def product(body: str) -> Product | None:
    """Read a product."""
    said = _read(_PRODUCT, body)
    if said is None:
        return None
    return Product(
        sku=Sku(said.sku),
        name=said.name,
        name_en=said.name_en,
        categories=tuple(said.categories),
        brand=said.brand,
        tags=tuple(said.tags),
        weighed=said.weighed,
        unit=said.unit,
        spec=said.spec,
        plu=said.plu,
        units=tuple(Unit(each.name, Quantity(each.quantity)) for each in said.units),
        barcodes=tuple(Barcode(each.code, each.unit, Quantity(each.quantity)) for each in said.barcodes),
    )


def priced_product(body: str) -> PricedProduct | None:
    """Read what pricing needs of a product."""
    said = _read(_PRODUCT, body)
    return None if said is None else rules.priced_product(said)


def announced_promotion(key: str, body: str) -> Announced:
    """Announce a promotion by its dates; the rest is read when it is asked for.

    One whose dates cannot be read is announced for all times, and turns out to be none when it is read.
    """

    def read() -> Promotion | None:
        try:
            return read_promotion(parsed(body))
        except (Mistake, Refusal):
            return None

    said = _read(_PROMOTION, body)
    if said is None:
        return Announced(key, (None, None), read, is_limited_per_member=True)
    active = said.active or _ActiveBody()
    try:
        dates = _instant(active.starts), _instant(active.ends)
    except Refusal:
        dates = None, None
    return Announced(said.id, dates, read, is_limited_per_member=said.limit_per_member is not None)


def operator(body: str) -> Operator | None:
    """Read who may sign in."""
    said = _read(_OPERATOR, body)
    return None if said is None else Operator(OperatorId(said.id), said.name, said.role, said.pin_hash)


def member(body: str) -> Member | None:
    """Read a member."""
    said = _read(_MEMBER, body)
    if said is None:
        return None
    return Member(
        id=MemberId(said.id),
        name=said.name,
        tier=said.tier,
        phone=said.phone,
        card=said.card,
        segments=tuple(said.segments),
        points=said.points,
        home_store=said.home_store,
        also=tuple(MemberId(each) for each in said.also),
        merged_into=MemberId(said.merged_into) if said.merged_into else None,
    )


def exception(body: str) -> StoreException | None:
    """Read an exception."""
    said = _read(_EXCEPTION, body)
    if said is None:
        return None
    try:
        made_at = parse_moment(said.made_at)
        resolved_at = None if said.resolved_at is None else parse_moment(said.resolved_at)
    except Refusal:
        return None
    return StoreException(
        device=DeviceId(said.device),
        code=said.code,
        details=said.details,
        receipt=said.receipt,
        owner=said.owner,
        made_at=made_at,
        resolved_at=resolved_at,
        resolved_by=said.resolved_by or "",
        resolution=said.resolution or "",
    )


def token_key(body: str) -> TokenKeyBody | None:
    """Read a key that signs codes."""
    said = _read(_TOKEN_KEY, body)
    return said if said is not None and _PUBLIC_KEY.fullmatch(said.public) else None


def coupon(body: str) -> Coupon | None:
    """Read a coupon."""
    said = _read(_COUPON, body)
    if said is None:
        return None
    try:
        valid_from, valid_to = _instant(said.valid_from), _instant(said.valid_to)
    except Refusal:
        return None
    member = None if said.member is None else MemberId(said.member)
    return Coupon(CouponId(said.id), said.template, member, valid_from, valid_to)


def label_layout(body: str) -> LabelLayout | None:
    """Read the layout of a scale's labels; None where it is none."""
    said = _read(_LABEL_LAYOUT, body)
    try:
        return None if said is None else LabelLayout(said.mask)
    except Refusal:
        return None


def coupon_comes_back(body: str) -> bool:
    """Read from a template whether its coupons are the customer's again when all of their sale came back."""
    said = _read(_COMES_BACK, body)
    return said is None or said.returns != "never"


def coupon_offline(body: str) -> OfflineRule:
    """Read from a template how its coupons may be spent with no line; what cannot be read allows nothing."""
    said = _read(_OFFLINE, body)
    try:
        return NEVER if said is None else read_offline_rule(said.offline)
    except ValueError:
        return NEVER


def document_of(key: LedgerKey) -> tuple[str, str]:
    """Say which document an amount stands in: topic and key."""
    topic, _, _ = key.topic.partition(":")
    return _DOCUMENTS.get(topic, topic), key.key


def amount(key: LedgerKey, body: str) -> ConfirmedAmount | None:
    """Read an amount that registers change from its document; None for one that this release does not know."""
    topic, _, promotion = key.topic.partition(":")
    if topic == STOCK:
        stock = _read(_STOCK, body)
        return None if stock is None else ConfirmedAmount(stock.on_hand, _applied(stock.applied))
    if topic in {MEMBER, _USE, _LEASED, REGISTERED}:
        said = _read(_MEMBER, body)
        if said is None:
            return None
        amounts = {MEMBER: said.points, _LEASED: said.leased, _USE: said.used.get(promotion, 0), REGISTERED: 1}
        return ConfirmedAmount(amounts[topic], _applied(said.applied))
    if topic == LEASE:
        held = _read(_LEASE, body)
        return None if held is None else ConfirmedAmount(held.amount, _applied(held.applied))
    if topic in {COUPON, _RETURNED}:
        # Published for as long as it may be redeemed, or is not given back: neither is ever in it, but for uses of a
        # coupon that were given back.
        free = _read(_COUPON, body) if topic == COUPON else None
        return ConfirmedAmount(applied={} if free is None else _applied(free.applied))
    return None


def lease(key: str, body: str) -> Lease | None:
    """Read a lease."""
    said = _read(_LEASE, body)
    if said is None:
        return None
    try:
        return Lease(key, DeviceId(said.register), parse_instant(said.until), said.asked)
    except Refusal:
        return None


def _read(decoder: msgspec.json.Decoder[_Body], body: str) -> _Body | None:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError:
        return None


def _instant(text: str | None) -> Instant | None:
    return None if text is None else parse_instant(text)


def _applied(said: Mapping[str, AppliedBody]) -> dict[DeviceId, Applied]:
    return {
        DeviceId(device): Applied(
            Position(each.epoch, each.seq), frozenset(Position(epoch, seq) for epoch, seq in each.missing)
        )
        for device, each in said.items()
    }
