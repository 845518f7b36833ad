"""A bad document is refused by the path of what is wrong with it; a sparse one means its defaults."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.documents import parsed, read
from tests.unit.pricing.shop import ALL, Doc, document, line, quote

Change = Callable[[Doc], object]

SLOT = {"of": ALL, "quantity": 1}


def full() -> Doc:
    promotions: list[Doc] = [
        {"id": "P0", "kind": "percent", "of": ALL, "percent": 12.5},
        {"id": "P1", "kind": "nth", "of": ALL, "size": 3, "discounted": 1, "percent": 100, "active": {"weekdays": [4]}},
        {"id": "P2", "kind": "bundle", "slots": [SLOT], "price": 100},
        {"id": "P3", "kind": "addon", "buy": [SLOT], "get": {**SLOT, "price": 0}},
        {"id": "P4", "kind": "tiers", "of": ALL, "tiers": [{"count": 2, "percent": 5}]},
        {"id": "P5", "kind": "spend", "tiers": [{"spend": 100, "off": 10}]},
        {"id": "P6", "kind": "points", "multiplier": 2},
    ]
    templates = [{"id": "T1", "kind": "cash", "off": 100}]
    points = {"earn_per": 100, "worth": {"points": 100, "amount": 100}, "max_percent": 50, "step": 100}
    doc = document(
        [line(1, "米", 2), line(2, "豆", 755)],
        promotions,
        rules={"coupon_templates": templates, "points": points},
        member={"id": "M1", "tier": "gold", "segments": [], "points": 1000, "used": {"P0": 1}},
        coupons=[{"id": "C1", "template": "T1"}],
        redeem_points=100,
    )
    copied: Doc = copy.deepcopy(doc)
    return copied


def put(path: str, value: object) -> Change:
    """Change what stands at a dotted path; None as a value removes it."""

    def change(doc: Doc) -> None:
        *way, last = path.split(".")
        at: Any = doc
        for step in way:
            at = at[int(step)] if step.isdigit() else at[step]
        at[int(last) if last.isdigit() else last] = value

    return change


def wrong(name: str, path: str, value: object, code: str = "invalid") -> tuple[str, Change, str, str]:
    """A mistake that is named at the very path where it was made."""
    return name, put(path, value), code, re.sub(r"\.(\d+)", r"[\1]", path)


MISTAKES: list[tuple[str, Change, str, str]] = [
    ("no basket", lambda doc: doc.pop("basket"), "invalid", "basket"),
    wrong("a list for a rulebook", "rulebook", []),
    wrong("no instant", "basket.at", None),
    wrong("an instant without offset", "basket.at", "2026-06-18T10:00:00"),
    wrong("no store", "basket.store", None),
    wrong("no lines", "basket.lines", None),
    wrong("an unknown channel", "basket.channel", "all"),
    wrong("an unknown rounding", "basket.rounding", "fen"),
    wrong("a line that is text", "basket.lines.0", "米"),
    wrong("no sku", "basket.lines.1.sku", None),
    wrong("nothing of it", "basket.lines.0.quantity", 0),
    wrong("less than nothing", "basket.lines.0.quantity", -1000),
    wrong("half a bag", "basket.lines.0.quantity", 500),
    wrong("a quantity with decimals", "basket.lines.0.quantity", 1000.5),
    wrong("a quantity in quotes", "basket.lines.0.quantity", "1000"),
    wrong("true is no number", "basket.lines.0.line", True),
    wrong("a negative price", "basket.lines.0.manual_price", -1),
    wrong("a line number twice", "basket.lines.1.line", 1, "duplicate"),
    wrong("an unknown product", "basket.lines.1.sku", "醋", "unknown_sku"),
    wrong("a member without id", "basket.member.id", None),
    wrong("segments as text", "basket.member.segments", "kids"),
    wrong("a used count as text", "basket.member.used.P0", "1"),
    wrong("negative points", "basket.redeem_points", -100),
    wrong("a coupon of nothing", "basket.coupons.0.template", None),
    wrong("a coupon with a bad date", "basket.coupons.0.valid_to", "soon"),
    wrong("a product twice", "rulebook.products.1.sku", "米", "duplicate"),
    wrong("a price twice", "rulebook.prices.1.id", "PR-米", "duplicate"),
    wrong("a price of no kind", "rulebook.prices.0.kind", "sale"),
    wrong("a price of text", "rulebook.prices.0.amount", "69.00"),
    wrong("a scope of nowhere", "rulebook.prices.0.scope", "city:x"),
    wrong("a promotion twice", "rulebook.promotions.1.id", "P0", "duplicate"),
    wrong("an unknown kind", "rulebook.promotions.0.kind", "free"),
    wrong("no selector in §3", "rulebook.promotions.0.of", None),
    wrong("over a hundred", "rulebook.promotions.0.percent", 100.01),
    wrong("three decimals", "rulebook.promotions.0.percent", 12.345),
    wrong("not a number", "rulebook.promotions.0.percent", float("nan")),
    wrong("too large", "rulebook.promotions.0.percent", float("inf")),
    wrong("more off than there", "rulebook.promotions.1.discounted", 4),
    wrong("groups of none", "rulebook.promotions.1.size", 0),
    wrong("no slots", "rulebook.promotions.2.slots", []),
    wrong("a slot of all", "rulebook.promotions.2.slots.0.of", None),
    wrong("price and percent", "rulebook.promotions.2.percent", 5),
    wrong("a gift unpriced", "rulebook.promotions.3.get.price", None),
    wrong("a tier of none", "rulebook.promotions.4.tiers.0.count", 0),
    wrong("no tiers", "rulebook.promotions.5.tiers", None),
    (
        "day eight",
        put("rulebook.promotions.0.active", {"weekdays": [8]}),
        "invalid",
        "rulebook.promotions[0].active.weekdays[0]",
    ),
    (
        "25 o'clock",
        put("rulebook.promotions.0.active", {"daily_to": "25:00"}),
        "invalid",
        "rulebook.promotions[0].active.daily_to",
    ),
    wrong("a limit of text", "rulebook.promotions.0.limit", "1"),
    wrong("a bonus and a multiplier", "rulebook.promotions.6.bonus", 5),
    wrong("an unknown coupon kind", "rulebook.coupon_templates.0.kind", "gift"),
    wrong("points for nothing", "rulebook.points.earn_per", 0),
    ("worth without points", put("rulebook.points.worth", {"amount": 1}), "invalid", "rulebook.points.worth.points"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake[0])
def test_a_mistake_is_named_by_its_field(mistake: tuple[str, Change, str, str]) -> None:
    _, change, code, field = mistake
    doc = full()
    change(doc)

    with pytest.raises(Refusal) as refused:
        read(parsed(json.dumps(doc)))

    assert (refused.value.code, refused.value.details["field"]) == (code, field)
    assert refused.value.details["must"]


def test_the_document_without_a_mistake_is_read() -> None:
    basket, rulebook = read(parsed(json.dumps(full())))
    assert [each.sku for each in basket.lines] == ["米", "豆"]
    assert len(rulebook.promotions) == 7


def test_unknown_fields_are_ignored_and_null_means_left_out() -> None:
    doc = full()
    sparse = copy.deepcopy(doc)
    for part in (sparse["basket"], *sparse["basket"]["lines"], *sparse["rulebook"]["promotions"]):
        part["colour"] = "red"
    for name in ("name", "priority", "active", "scope", "channel", "members_only", "member_tiers", "limit"):
        for promotion in sparse["rulebook"]["promotions"]:
            promotion[name] = None
    assert quote(sparse).document() == quote(doc).document()


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{'a': 1}", '{"basket": 1e999999999999999999999}', "[" * 100_000])
def test_what_is_no_document_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(parsed(text))
    assert refused.value.details["field"] in {"document", "rulebook"}


def test_a_percentage_is_read_to_the_hundredth_whatever_it_would_be_as_a_float() -> None:
    doc = full()
    doc["rulebook"]["promotions"] = [{"id": "P", "kind": "percent", "of": ALL, "percent": 0.29}]
    _, rulebook = read(parsed(json.dumps(doc)))
    assert rulebook.promotions[0].deal.percent == 29  # type: ignore[union-attr] # it is a percent
