"""`promotions.toml`: what the chain gives its customers, by docs/pricing.md §3 to §5, who holds which coupon, and what
zones and stores may set themselves.

The documents are read by pricing's own reader, so that a slip is named as the counter would name it.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.documents import parsed
from pos_app.domain.pricing.promotion_documents import read_points, read_promotion, read_template
from pos_app.domain.pricing.reading import Document, Mistake
from sync.protocol.topics import FloatRangeBody, PromotionAuthorityBody
from tools.demo_chain.people import MemberRow
from tools.demo_chain.tables import Problems

Rule = dict[str, Any]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class CouponBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Coupons of one template, one for each member of some tiers."""

    id: str
    template: str
    tiers: list[str]
    valid_to: Moment
    valid_from: Moment | None = None


class RulesTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `promotions.toml`."""

    points: Rule
    promotions: list[Rule]
    coupon_templates: list[Rule]
    coupon_batches: list[CouponBatch]
    float_ranges: list[FloatRangeBody]
    promotion_authorities: list[PromotionAuthorityBody]


@dataclass(frozen=True, slots=True)
class Shop:
    """What a rule may speak of."""

    scopes: Collection[str]
    tiers: Collection[str]
    members: Sequence[MemberRow]


def read_rules(path: Path, shop: Shop, problems: Problems) -> dict[str, Any]:
    """Read and check `promotions.toml`; give the chain's sections."""
    try:
        table = msgspec.toml.decode(path.read_bytes(), type=RulesTable)
    except FileNotFoundError:
        problems.note(str(path), "is missing")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problems.note(str(path), str(error))
    else:
        return _sections(path, table, shop, problems)
    return {}


def _sections(path: Path, table: RulesTable, shop: Shop, problems: Problems) -> dict[str, Any]:
    sections = {"promotions": table.promotions, "coupon_templates": table.coupon_templates}
    plain: dict[str, Any] = {name: [_plain(rule) for rule in rules] for name, rules in sections.items()}
    readers: Mapping[str, Callable[[Document], object]] = {
        "promotions": read_promotion,
        "coupon_templates": read_template,
    }
    for name, read in readers.items():
        seen: set[object] = set()
        for number, rule in enumerate(plain[name], 1):
            where = f"{path}: {name} {rule.get('id', number)}"
            _check(where, rule, read, problems)
            if rule.get("scope", "chain") not in shop.scopes:
                problems.note(f"{where}: scope", f"{rule['scope']!r} is not one of {', '.join(sorted(shop.scopes))}")
            if rule.get("id") in seen:
                problems.note(f"{where}: id", "is there already")
            seen.add(rule.get("id"))
    points = _plain(table.points)
    _check(f"{path}: points", points, read_points, problems)
    templates = {rule.get("id") for rule in plain["coupon_templates"]}
    coupons = [
        coupon
        for batch in table.coupon_batches
        for coupon in _coupons(path, batch, templates, shop=shop, problems=problems)
    ]
    policy = {name: msgspec.to_builtins(getattr(table, name)) for name in ("float_ranges", "promotion_authorities")}
    return plain | {"points": points, "coupons": coupons} | policy


def _plain(value: Any) -> Any:  # noqa: ANN401 — a value of TOML
    """Turn a value of TOML into one of JSON: instants are texts."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _check(where: str, rule: Rule, read: Callable[[Document], object], problems: Problems) -> None:
    try:
        read(parsed(json.dumps(rule)))
    except Mistake as mistake:
        problems.note(f"{where}: {mistake.field}", mistake.must)
    except (Refusal, TypeError) as error:
        problems.note(where, f"is no document of JSON: {error}")


def _coupons(
    path: Path, batch: CouponBatch, templates: Collection[object], *, shop: Shop, problems: Problems
) -> list[Rule]:
    where = f"{path}: coupon_batches {batch.id}"
    if batch.template not in templates:
        problems.note(f"{where}: template", f"{batch.template!r} is none of the coupon templates")
    for tier in batch.tiers:
        if tier not in shop.tiers:
            problems.note(f"{where}: tiers", f"{tier!r} is not one of {', '.join(sorted(shop.tiers))}")
    span = {"valid_from": batch.valid_from, "valid_to": batch.valid_to}
    dates = {name: moment.isoformat() for name, moment in span.items() if moment is not None}
    return [
        {"id": f"{batch.id}-{member['id']}", "template": batch.template, "member": member["id"], **dates}
        for member in shop.members
        if member["tier"] in batch.tiers
    ]
