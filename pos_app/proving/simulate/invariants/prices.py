"""Prices: what was charged is what the rules say under the cursor that the sale names, rebuilt from every version."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact
from pos_app.domain.pricing.documents import parsed, read
from pos_app.domain.pricing.price import price
from pos_app.proving.simulate.books import Version
from pos_app.proving.simulate.world import World
from sync.protocol.topics import COUPON_TEMPLATE, POINTS, PRICE, PRODUCT, PROMOTION
from sync.protocol.wire import parse_cursor

_SECTIONS = {PRODUCT: "products", PRICE: "prices", PROMOTION: "promotions", COUPON_TEMPLATE: "coupon_templates"}


def prices_under_named_rulebook(world: World) -> Iterator[str]:
    """Every price charged equals `price()` under the rulebook revision that the sale names.

    A sale does not say of which life of headquarters' database its cursor is: after a backup was restored, any life
    that it may have been of will do.
    """
    lives = [tuple(versions_of(world)), *(each.versions for each in world.earlier)]
    for name, book in sorted(world.books.items()):
        for fact in book.sales():
            charged = _figures(fact.body)
            quoted = [_quoted(fact, _rulebook(versions, fact.body["rulebook"])) for versions in lives]
            if charged not in quoted:
                under = f"{fact.body['receipt']} at {fact.at} under {fact.body['rulebook']}"
                yield f"{name}: {under}: {charged}, not {quoted}"


def versions_of(world: World) -> list[Version]:
    """Read every version of what prices a basket that headquarters has kept."""
    with world.hq.look() as database:
        rows = database.execute("SELECT scope, rev, topic, key, body FROM publication_version ORDER BY scope, rev")
        return [tuple(row) for row in rows]


def _rulebook(versions: Iterable[Version], cursor: str) -> dict[str, Any]:
    """Rebuild the rules at a cursor: of each document the newest up to there."""
    revs = parse_cursor(cursor)
    standing: dict[tuple[str, str, str], str | None] = {}
    for scope, rev, topic, key, body in versions:
        if rev <= revs.get(scope, 0):
            standing[topic, key, scope] = body
    document: dict[str, Any] = {section: [] for section in _SECTIONS.values()}
    for (topic, _, _), body in sorted(standing.items()):
        if body is None:
            continue
        if topic == POINTS:
            document["points"] = parsed(body)
        else:
            document[_SECTIONS[topic]].append(parsed(body))
    return document


def _quoted(fact: Fact, rulebook: Mapping[str, Any]) -> object:
    body = fact.body
    basket = {
        **{name: body[name] for name in ("store", "zone", "channel", "member", "lines", "coupons")},
        "at": body["priced_at"],
        "redeem_points": body["points_used"],
        "rounding": body["rounding_to"],
    }
    try:
        return _figures(price(*read({"basket": basket, "rulebook": rulebook})).document())
    except Refusal as refusal:
        return str(refusal)


def _figures(document: Mapping[str, Any]) -> object:
    lines = [(line["line"], line["unit_price"], line["price_id"], line["net"]) for line in document["lines"]]
    coupons = [(coupon["id"], coupon["accepted"], coupon["saving"]) for coupon in document["coupons"]]
    promotions = [(each["id"], each["applications"], each["saving"]) for each in document["promotions"]]
    figures = [(name, document[name]) for name in ("payable", "saving", "points_earned")]
    return sorted(lines), sorted(coupons), sorted(promotions), figures
