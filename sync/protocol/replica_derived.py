"""What follows from a document: the rows by which goods, prices, members and coupons are found.

Pure: no connection here. A document of another topic makes no rows; one that cannot be read raises `UNREADABLE`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from pos_app.domain.codes import lookup_key
from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, parse_instant
from sync.protocol.search_text import fold, pairs
from sync.protocol.topics import (
    COUPON,
    MEMBER,
    PRICE,
    PRODUCT,
    PURCHASE,
    CouponBody,
    MemberBody,
    PriceBody,
    ProductBody,
    PurchaseBody,
)

Row = tuple[str | int | None, ...]
UNREADABLE: Final = (msgspec.DecodeError, Refusal)


@dataclass(frozen=True, slots=True)
class Derived:
    """How a derived table's rows come and go. ``delete`` takes a row's first ``key_columns`` columns, ``purge`` the key
    and the scope of a document of ``topic``: it needs no index, since it is for what rotted.
    """

    insert: str
    delete: str
    key_columns: int
    topic: str
    purge: str


DERIVED: Final[Mapping[str, Derived]] = {
    "product": Derived(
        "INSERT INTO product (sku, scope, folded_name, folded_initials, folded_sku) VALUES (?, ?, ?, ?, ?)",
        "DELETE FROM product WHERE sku = ? AND scope = ?",
        key_columns=2,
        topic=PRODUCT,
        purge="DELETE FROM product WHERE sku = ? AND scope = ?",
    ),
    "product_text": Derived(
        "INSERT INTO product_text (rowid, name, initials, sku)"
        " SELECT number, ?3, ?4, ?5 FROM product WHERE sku = ?1 AND scope = ?2",
        "DELETE FROM product_text WHERE rowid = (SELECT number FROM product WHERE sku = ? AND scope = ?)",
        key_columns=2,
        topic=PRODUCT,
        purge="DELETE FROM product_text WHERE rowid IN (SELECT number FROM product WHERE sku = ? AND scope = ?)",
    ),
    "barcode": Derived(
        "INSERT OR REPLACE INTO barcode (lookup_key, sku, code, scope, quantity, reversed_code)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        "DELETE FROM barcode WHERE lookup_key = ? AND sku = ? AND code = ? AND scope = ?",
        key_columns=4,
        topic=PRODUCT,
        purge="DELETE FROM barcode WHERE sku = ? AND scope = ?",
    ),
    "price": Derived(
        "INSERT OR REPLACE INTO price (sku, id, scope, kind, amount, channel, starts, ends, tiers, lot)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "DELETE FROM price WHERE sku = ? AND id = ? AND scope = ?",
        key_columns=3,
        topic=PRICE,
        purge="DELETE FROM price WHERE id = ? AND scope = ?",
    ),
    "member_code": Derived(
        "INSERT OR REPLACE INTO member_code (code, member, scope) VALUES (?, ?, ?)",
        "DELETE FROM member_code WHERE code = ? AND member = ? AND scope = ?",
        key_columns=3,
        topic=MEMBER,
        purge="DELETE FROM member_code WHERE member = ? AND scope = ?",
    ),
    "member_name": Derived(
        "INSERT OR REPLACE INTO member_name (member, scope, reversed_phone, folded_name, initials)"
        " VALUES (?, ?, ?, ?, ?)",
        "DELETE FROM member_name WHERE member = ? AND scope = ?",
        key_columns=2,
        topic=MEMBER,
        purge="DELETE FROM member_name WHERE member = ? AND scope = ?",
    ),
    "member_purchase": Derived(
        "INSERT OR REPLACE INTO member_purchase (member, at, purchase, scope) VALUES (?, ?, ?, ?)",
        "DELETE FROM member_purchase WHERE member = ? AND at = ? AND purchase = ? AND scope = ?",
        key_columns=4,
        topic=PURCHASE,
        purge="DELETE FROM member_purchase WHERE purchase = ? AND scope = ?",
    ),
    "member_coupon": Derived(
        "INSERT OR REPLACE INTO member_coupon (member, coupon, scope) VALUES (?, ?, ?)",
        "DELETE FROM member_coupon WHERE member = ? AND coupon = ? AND scope = ?",
        key_columns=3,
        topic=COUPON,
        purge="DELETE FROM member_coupon WHERE coupon = ? AND scope = ?",
    ),
}
"""In the order of writing; rows go in the opposite order, since a text is found by its product's number."""


def rows_of(topic: str, scope: str, body: Mapping[str, Any]) -> Mapping[str, list[Row]]:
    """Make a document's rows, by table; raise one of `UNREADABLE` when its shape is not the topic's."""
    make = _MAKERS.get(topic)
    return {} if make is None else make(scope, body)


def _of_product(scope: str, body: Mapping[str, Any]) -> Mapping[str, list[Row]]:
    product = msgspec.convert(body, ProductBody)
    codes = {each.code: each.quantity for each in product.barcodes}
    if product.plu:
        codes.setdefault(product.plu, 1000)
    texts = [fold(text) for text in (product.name, product.initials, product.sku)]
    return {
        "product": [(product.sku, scope, *texts)],
        "product_text": [(product.sku, scope, *map(pairs, texts))],
        "barcode": [
            (lookup_key(code), product.sku, code, scope, quantity, fold(code)[::-1]) for code, quantity in codes.items()
        ],
    }


def _of_price(scope: str, body: Mapping[str, Any]) -> Mapping[str, list[Row]]:
    row = msgspec.convert(body, PriceBody)
    tiers = msgspec.json.encode(row.tiers).decode()
    starts, ends = _instant(row.starts), _instant(row.ends)
    return {"price": [(row.sku, row.id, scope, row.kind, row.amount, row.channel, starts, ends, tiers, row.lot)]}


def _of_member(scope: str, body: Mapping[str, Any]) -> Mapping[str, list[Row]]:
    member = msgspec.convert(body, MemberBody)
    codes = dict.fromkeys(code for code in (member.card, member.phone) if code)
    by_code: list[Row] = [(code, member.id, scope) for code in codes]
    if member.merged_into:
        return {"member_code": by_code}  # by name the person is found once, under the other id
    return {
        "member_code": by_code,
        "member_name": [(member.id, scope, member.phone[::-1], fold(member.name), fold(member.initials))],
    }


def _of_purchase(scope: str, body: Mapping[str, Any]) -> Mapping[str, list[Row]]:
    bought = msgspec.convert(body, PurchaseBody)
    key = bought.id if bought.channel == "store" else f"{bought.channel}:{bought.id}"
    return {"member_purchase": [(bought.member, parse_instant(bought.at), key, scope)]}


def _of_coupon(scope: str, body: Mapping[str, Any]) -> Mapping[str, list[Row]]:
    coupon = msgspec.convert(body, CouponBody)
    _instant(coupon.valid_from)
    _instant(coupon.valid_to)
    return {} if coupon.member is None else {"member_coupon": [(coupon.member, coupon.id, scope)]}


def _instant(text: str | None) -> Instant | None:
    return None if text is None else parse_instant(text)


_MAKERS: Mapping[str, Callable[[str, Mapping[str, Any]], Mapping[str, list[Row]]]] = {
    PRODUCT: _of_product,
    PRICE: _of_price,
    MEMBER: _of_member,
    COUPON: _of_coupon,
    PURCHASE: _of_purchase,
}
