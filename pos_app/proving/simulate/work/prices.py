"""Headquarters changes prices: single ones, many at once, campaigns that begin and end today, and takes some away."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from pos_app.proving.simulate.chain import PRODUCTS, TIERS, scopes_of, sku
from pos_app.proving.simulate.office import Office
from pos_app.proving.simulate.world import World

PER_DAY = 10


@dataclass(frozen=True, slots=True)
class PriceChanges:
    """Price rows set and deleted."""

    name: str = "prices"

    def plan(self, world: World) -> None:
        """Spread changes over the days."""
        random = world.chance.stream(self.name)
        standing: dict[str, int] = {}
        for _ in range(PER_DAY * world.plan.days):
            at_us = world.moment(random)
            world.at_office(at_us, _Change(self, random.getrandbits(64), standing))


@dataclass(frozen=True, slots=True)
class _Change:
    """One import of price rows."""

    work: PriceChanges
    seed: int
    standing: dict[str, int]
    """Rows beside the base prices that are there now; they belong to the office."""

    def __call__(self, world: World, office: Office) -> None:
        random = Random(self.seed)
        before = sorted(self.standing)
        rows = [self._row(world, random) for _ in range(random.choice((1, 1, 2, 9)))]
        if before and random.random() < 0.3:
            gone = random.choice(before)
            self.standing.pop(gone)
            rows = [row for row in rows if row["id"] != gone] + [{"id": gone, "delete": True}]
        office.import_rows(world, "prices", list({row["id"]: row for row in rows}.values()))

    def _row(self, world: World, random: Random) -> dict[str, Any]:
        number = random.randint(1, PRODUCTS)
        amount = random.randint(100, 9999)
        kind = random.choice(("base", "base", "campaign", "member", "place"))
        if kind == "base":
            return {"id": f"base-{number}", "sku": sku(number), "kind": "base", "amount": amount}
        name = f"{kind}-{number}-{random.randint(1, 3)}"
        row: dict[str, Any] = {"id": name, "sku": sku(number), "amount": amount, "kind": "campaign"}
        if kind == "place":
            row |= {"kind": "base", "scope": random.choice(scopes_of(random.randint(1, world.plan.stores)))}
        elif kind == "member":
            row |= {"kind": "member", "tiers": random.sample(TIERS[1:], random.randint(0, 2))}
        else:
            begins = world.timeline.now() + timedelta(minutes=random.randint(-60, 240))
            ends = begins + timedelta(minutes=random.randint(1, 300))
            row |= {"from": begins.isoformat(), "to": ends.isoformat()}
        self.standing[name] = number
        return row
