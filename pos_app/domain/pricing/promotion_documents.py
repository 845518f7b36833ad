"""Promotions, coupon templates and points rules read from their JSON (docs/pricing.md §1, §3 to §5).

Every mistake names its field. Unknown fields are ignored; a field left out is null.
"""

from collections.abc import Callable

from pos_app.domain.pricing.promotions import (
    Addon,
    Bundle,
    Cash,
    CountTier,
    CouponTemplate,
    Deal,
    Exchange,
    MorePoints,
    Multibuy,
    Nth,
    PercentOff,
    PointsRules,
    Promotion,
    Slot,
    Spend,
    SpendTier,
    Tiers,
    UnitAmount,
    UnitPercent,
    UnitPrice,
)
from pos_app.domain.pricing.reading import (
    Document,
    Mistake,
    choice,
    flag,
    hundredths,
    instant,
    integer,
    minute_of_day,
    optional_integer,
    optional_part,
    optional_text,
    part,
    parts,
    text,
    texts,
    unique,
)
from pos_app.domain.pricing.selectors import EVERYTHING, Selector
from pos_app.domain.pricing.situation import Conditions

MOST_EXCEPTIONS = 20
"""Exceptions from exceptions: nobody means more."""
CHANNELS = ("all", "store", "online")
_CONDITIONS = frozenset({"active", "scope", "channel", "members_only", "member_tiers", "segments"})
_ALWAYS = Conditions()


def read_scope(document: Document) -> str:
    """Read ``chain``, ``zone:<id>`` or ``store:<id>``."""
    scope = optional_text(document, "scope")
    if scope is None:
        return "chain"
    kind, _, place = scope.partition(":")
    if scope != "chain" and not (kind in {"zone", "store"} and place):
        raise Mistake("scope", "must be chain, zone:<id> or store:<id>")
    return scope


def read_selector(document: Document, depth: int = 0) -> Selector:
    """Read which products are meant."""
    if depth > MOST_EXCEPTIONS:
        raise Mistake("except", f"must not be nested more than {MOST_EXCEPTIONS} deep")
    return Selector(
        frozenset(texts(document, "skus")),
        frozenset(texts(document, "categories")),
        frozenset(texts(document, "brands")),
        frozenset(texts(document, "tags")),
        flag(document, "all", default=False),
        optional_part(document, "except", lambda unless: read_selector(unless, depth + 1)),
    )


def read_conditions(document: Document) -> Conditions:
    """Read when, where and for whom; ``active`` may be left out."""
    if _CONDITIONS.isdisjoint(document):
        return _ALWAYS
    active: Document = optional_part(document, "active", dict) or {}
    try:
        starts, ends = instant(active, "from"), instant(active, "to")
        daily_from, daily_to = minute_of_day(active, "daily_from"), minute_of_day(active, "daily_to")
        weekdays = _weekdays(active)
    except Mistake as mistake:
        raise mistake.within("active") from None
    return Conditions(
        starts=starts,
        ends=ends,
        weekdays=weekdays,
        daily_from=daily_from,
        daily_to=daily_to,
        scope=read_scope(document),
        channel=choice(document, "channel", CHANNELS, "all"),
        members_only=flag(document, "members_only", default=False),
        member_tiers=frozenset(texts(document, "member_tiers")),
        segments=frozenset(texts(document, "segments")),
    )


def _weekdays(active: Document) -> frozenset[int]:
    value = active.get("weekdays")
    if value is None:
        return frozenset()
    if type(value) is not list:
        raise Mistake("weekdays", "must be a list of 1 (Monday) to 7")
    for index, day in enumerate(value):
        if type(day) is not int or not 1 <= day <= 7:
            raise Mistake(f"weekdays[{index}]", "must be 1 (Monday) to 7")
    return frozenset(value)


def _of(document: Document) -> Selector:
    return part(document, "of", read_selector)


def _of_everything(document: Document) -> Selector:
    return optional_part(document, "of", read_selector) or EVERYTHING


def _slot(document: Document) -> Slot:
    return Slot(_of(document), integer(document, "quantity", 1))


def _nth(document: Document) -> Nth:
    size = integer(document, "size", 1)
    discounted = integer(document, "discounted", 1)
    if discounted > size:
        raise Mistake("discounted", f"must be at most size, {size}")
    return Nth(_of(document), size, discounted, hundredths(document, "percent"))


def _bundle(document: Document) -> Bundle:
    slots = tuple(parts(document, "slots", _slot, least=1))
    if _one_of(document, "price", "percent") == "price":
        return Bundle(slots, integer(document, "price", 0))
    return Bundle(slots, None, hundredths(document, "percent"))


def _one_of(document: Document, first: str, second: str) -> str:
    given = [name for name in (first, second) if document.get(name) is not None]
    if len(given) != 1:
        if given:
            raise Mistake(second, f"must be left out where there is {first}: one of the two")
        raise Mistake(first, f"must be given, or {second}: one of the two")
    return given[0]


def _addon(document: Document) -> Addon:
    buy = tuple(parts(document, "buy", _slot, least=1))
    return Addon(buy, part(document, "get", _slot), part(document, "get", lambda get: integer(get, "price", 0)))


def _tiers(document: Document) -> Tiers:
    tiers = parts(
        document, "tiers", lambda tier: CountTier(integer(tier, "count", 1), hundredths(tier, "percent")), least=1
    )
    unique(tiers, "tiers", lambda tier: tier.count, "count")
    return Tiers(_of(document), tuple(sorted(tiers, key=lambda tier: tier.count)))


def _spend_tier(document: Document) -> SpendTier:
    spend = integer(document, "spend", 0)
    if _one_of(document, "off", "percent") == "off":
        return SpendTier(spend, integer(document, "off", 0))
    return SpendTier(spend, None, hundredths(document, "percent"))


def _spend(document: Document) -> Spend:
    tiers = parts(document, "tiers", _spend_tier, least=1)
    unique(tiers, "tiers", lambda tier: tier.spend, "spend")
    repeat = flag(document, "repeat", default=False)
    if repeat and (len(tiers) > 1 or tiers[0].off is None or tiers[0].spend == 0):
        raise Mistake("repeat", "must be false, or there is one tier, with off and a spend above 0")
    group = optional_text(document, "group")
    return Spend(
        of=_of_everything(document),
        tiers=tuple(sorted(tiers, key=lambda tier: tier.spend)),
        repeat=repeat,
        with_item_promotions=flag(document, "with_item_promotions", default=True),
        group="spend" if group is None else group,
    )


def _more_points(document: Document) -> MorePoints:
    by_multiplier = _one_of(document, "multiplier", "bonus") == "multiplier"
    return MorePoints(
        of=_of_everything(document),
        min_spend=optional_integer(document, "min_spend", 0) or 0,
        multiplier=hundredths(document, "multiplier", None) if by_multiplier else None,
        bonus=0 if by_multiplier else integer(document, "bonus", 0),
    )


KINDS: dict[str, Callable[[Document], Deal]] = {
    "price": lambda document: UnitPrice(_of(document), integer(document, "price", 0)),
    "percent": lambda document: UnitPercent(_of(document), hundredths(document, "percent")),
    "amount": lambda document: UnitAmount(_of(document), integer(document, "amount", 0)),
    "nth": _nth,
    "multibuy": lambda document: Multibuy(_of(document), integer(document, "size", 1), integer(document, "price", 0)),
    "bundle": _bundle,
    "addon": _addon,
    "tiers": _tiers,
    "spend": _spend,
    "points": _more_points,
}
"""Every kind of promotion, and how its own fields are read."""


def read_promotion(document: Document) -> Promotion:
    """Read a promotion; its kind decides the level."""
    return Promotion(
        id=text(document, "id"),
        deal=KINDS[choice(document, "kind", KINDS)](document),
        name=optional_text(document, "name") or "",
        priority=optional_integer(document, "priority") or 0,
        when=read_conditions(document),
        limit=optional_integer(document, "limit"),
        limit_per_member=optional_integer(document, "limit_per_member"),
    )


_VALUES: dict[str, Callable[[Document], Cash | PercentOff | Exchange]] = {
    "cash": lambda document: Cash(integer(document, "off", 0)),
    "percent": lambda document: PercentOff(hundredths(document, "percent"), optional_integer(document, "max_off", 0)),
    "exchange": lambda document: Exchange(integer(document, "price", 0)),
}


def read_template(document: Document) -> CouponTemplate:
    """Read a coupon template."""
    group = optional_text(document, "group")
    return CouponTemplate(
        id=text(document, "id"),
        value=_VALUES[choice(document, "kind", _VALUES)](document),
        of=_of_everything(document),
        name=optional_text(document, "name") or "",
        min_spend=optional_integer(document, "min_spend", 0) or 0,
        group="coupon" if group is None else group,
        with_promotions=flag(document, "with_promotions", default=True),
        when=read_conditions(document),
    )


def read_points(document: Document) -> PointsRules:
    """Read how points are earned and spent."""
    multipliers = optional_part(
        document, "tier_multiplier", lambda each: {k: hundredths(each, k, None) for k in each if each[k] is not None}
    )
    worth = optional_part(document, "worth", lambda each: (integer(each, "points", 1), integer(each, "amount", 0)))
    worth_points, worth_fen = worth or (None, 0)
    most = None if document.get("max_percent") is None else hundredths(document, "max_percent")
    return PointsRules(
        earn_per=optional_integer(document, "earn_per", 1),
        tier_multiplier=multipliers or {},
        worth_points=worth_points,
        worth_fen=worth_fen,
        max_percent=10_000 if most is None else most,
        step=optional_integer(document, "step", 1) or 1,
    )
