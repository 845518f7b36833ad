"""A basket of another channel, completed by what headquarters knows: the store's zone, the member, the coupons.

What the asker says of a member or a coupon beside the id is not believed.
"""

from typing import Any

import msgspec
from sqlalchemy import or_, select

from pos_app.domain.pricing.reading import Document, Mistake
from sync.hq.coupons.importing import ISSUED
from sync.hq.db.database import Reader
from sync.hq.db.schema import coupon, member, place
from sync.hq.members.families import balances_of_families
from sync.protocol.topics import CouponBody, MemberBody


async def completed(reader: Reader, basket: Document) -> Document:
    """Fill in zone, member and coupons. What is of the wrong type is left for the reader of baskets to name.

    Raises `Mistake` for a store or a member that headquarters does not know.
    """
    found = dict(basket)
    store = basket.get("store")
    if isinstance(store, str):
        zone = await reader.value(select(place.c.zone).where(place.c.id == store))
        if zone is None:
            raise Mistake("store", f"must be a place that headquarters knows: {store!r} is none")
        if basket.get("zone") is None:
            found["zone"] = zone
    who = basket.get("member")
    own = who.get("id") if isinstance(who, dict) else None
    if isinstance(own, str):
        found["member"] = await _member(reader, own)
    coupons = basket.get("coupons")
    if isinstance(coupons, list) and all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in coupons):
        found["coupons"] = await _coupons(reader, [one["id"] for one in coupons], own)
    return found


async def _member(reader: Reader, own: str) -> Document:
    document = await reader.value(select(member.c.document).where(member.c.id == own))
    if document is None:
        raise Mistake("member.id", f"must be a member: {own!r} is none")
    body = msgspec.json.decode(document, type=MemberBody)
    has = (await balances_of_families(reader, [own]))[own]
    return {
        "id": own,
        "tier": body.tier or None,
        "segments": list(body.segments),
        "points": has.points,
        "used": has.used,
    }


async def _coupons(reader: Reader, ids: list[str], own: object) -> list[dict[str, Any]]:
    """Complete coupons in their order; one that is spent, withdrawn or another member's has no template."""
    his = or_(coupon.c.member.is_(None), coupon.c.member == own) if own is not None else coupon.c.member.is_(None)
    usable = select(coupon.c.id, coupon.c.document).where(coupon.c.state == ISSUED, his)
    known = {
        row.id: msgspec.json.decode(row.document, type=CouponBody)
        for row in await reader.rows_in(usable, coupon.c.id, ids)
    }
    return [_presented(name, known.get(name)) for name in ids]


def _presented(name: str, body: CouponBody | None) -> dict[str, Any]:
    if body is None:
        return {"id": name, "template": ""}
    return {"id": name, "template": body.template, "valid_from": body.valid_from, "valid_to": body.valid_to}
