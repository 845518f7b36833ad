"""What a member bought, through all channels, as the counter shows it; and what they usually buy.

Pure. What headquarters told and what own facts say are one list: a purchase is known by its id.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pos_app.domain.facts import Fact
from pos_app.domain.ids import MemberId, Sku
from pos_app.domain.instants import parse_moment
from pos_app.domain.returned import RETURN_KINDS
from pos_app.domain.sale import FACT_KIND as SALE_KIND

STORE_CHANNEL: Final = "store"
FEWEST_TIMES: Final = 2
"""How often something must have been bought to be usual."""


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """Goods of a purchase, in thousandths and fen."""

    sku: Sku
    name: str
    quantity: int
    amount: int
    category: str = ""


@dataclass(frozen=True, slots=True)
class Purchase:
    """A sale, an order, a return … of a member. ``confirmed``: headquarters has told of it."""

    id: str
    at: datetime
    channel: str
    kind: str
    store: str = ""
    number: str = ""
    amount: int = 0
    points: int = 0
    lines: tuple[BoughtLine, ...] = ()
    more: int = 0
    note: str = ""
    confirmed: bool = True

    @property
    def categories(self) -> frozenset[str]:
        """What kinds of goods are in it."""
        return frozenset(line.category for line in self.lines if line.category)


@dataclass(frozen=True, slots=True)
class Usual:
    """What a member usually buys: how often of late, how much at a time, and when last."""

    sku: Sku
    name: str
    times: int
    quantity: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """What of a timeline is wanted; empty: everything."""

    channel: str = ""
    category: str = ""
    days: int = 0

    def shows(self, purchase: Purchase, now: datetime) -> bool:
        """Tell whether a purchase is wanted."""
        return (
            (not self.channel or purchase.channel == self.channel)
            and (not self.category or self.category in purchase.categories)
            and (not self.days or purchase.at > now - timedelta(days=self.days))
        )


def own_purchase(fact: Fact, members: Iterable[MemberId]) -> Purchase | None:
    """Read an own sale or return of one of these ids' person; None for any other fact."""
    body = fact.body
    who = body.get("member")
    if not isinstance(who, Mapping) or who["id"] not in set(members):
        return None
    if fact.kind == SALE_KIND:
        points = body["points_earned"] - body["points_used"]
        return _own(fact, body["sale"], "sale", amount=body["payable"], points=points)
    if fact.kind in RETURN_KINDS:
        points = body["points_given"] - body["points_taken"]
        return _own(fact, body["return"], "return", amount=-body["amount"], points=points)
    return None


def _own(fact: Fact, own: str, kind: str, *, amount: int, points: int) -> Purchase:
    body = fact.body
    return Purchase(
        id=own,
        at=parse_moment(fact.at),
        channel=STORE_CHANNEL,
        kind=kind,
        store=body["store"],
        number=body["receipt"],
        amount=amount,
        points=points,
        lines=tuple(_line(line) for line in body["lines"]),
        confirmed=False,
    )


def _line(line: Mapping[str, Any]) -> BoughtLine:
    amount = line["net"] if "net" in line else -line["amount"]
    return BoughtLine(Sku(line["sku"]), line.get("name") or line["sku"], line["quantity"], amount)


def timeline(told: Sequence[Purchase], own: Sequence[Purchase]) -> list[Purchase]:
    """Put together what headquarters told and what own facts say, the newest first; each once."""
    known = {each.id for each in told}
    whole = [*told, *(each for each in own if each.id not in known)]
    return sorted(whole, key=lambda each: (each.at, each.id), reverse=True)


def usuals(purchases: Iterable[Purchase]) -> list[Usual]:
    """Find what is bought again and again, the most usual first. ``purchases``: the newest first."""
    bought: dict[Sku, list[tuple[Purchase, BoughtLine]]] = {}
    for purchase in purchases:
        for line in purchase.lines if purchase.kind in {"sale", "order"} else ():
            bought.setdefault(line.sku, []).append((purchase, line))
    found = []
    for sku, times in bought.items():
        visits = len({purchase.id for purchase, _ in times})
        if visits >= FEWEST_TIMES:
            quantities = sorted(line.quantity for _, line in times)
            newest, line = times[0]
            found.append(Usual(sku, line.name, visits, quantities[len(quantities) // 2], newest.at))
    return sorted(found, key=lambda each: (-each.times, -each.last_at.timestamp(), each.sku))
