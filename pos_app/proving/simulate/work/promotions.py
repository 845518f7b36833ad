"""Headquarters begins, changes and ends promotions."""

from dataclasses import dataclass
from random import Random
from typing import Any

from pos_app.proving.simulate.chain import PRODUCTS, scopes_of, sku
from pos_app.proving.simulate.office import Office
from pos_app.proving.simulate.world import World

PER_DAY = 5
NAMES = 4


@dataclass(frozen=True, slots=True)
class Promotions:
    """Promotions set and ended."""

    name: str = "promotions"

    def plan(self, world: World) -> None:
        """Spread changes over the days."""
        random = world.chance.stream(self.name)
        standing: set[str] = set()
        for _ in range(PER_DAY * world.plan.days):
            world.at_office(world.moment(random), _Change(random.getrandbits(64), standing))


@dataclass(frozen=True, slots=True)
class _Change:
    """One import of promotions."""

    seed: int
    standing: set[str]

    def __call__(self, world: World, office: Office) -> None:
        random = Random(self.seed)
        names = [f"promotion-{each}" for each in random.sample(range(NAMES), 2)]
        gone = {name for name in names if name in self.standing and random.random() < 0.3}
        rows = [{"id": name, "delete": True} if name in gone else _promotion(world, random, name) for name in names]
        self.standing.update(names)
        self.standing.difference_update(gone)
        office.import_rows(world, "promotions", rows)


def _promotion(world: World, random: Random, name: str) -> dict[str, Any]:
    scope = random.choice(scopes_of(random.randint(1, world.plan.stores)))
    return _deal(random) | {"id": name, "scope": scope}


def _deal(random: Random) -> dict[str, Any]:
    of = {"skus": [sku(each) for each in random.sample(range(1, PRODUCTS + 1), 4)]}
    return random.choice(
        (
            {"kind": "percent", "of": of, "percent": random.randint(1, 50)},
            {"kind": "amount", "of": of, "amount": random.randint(1, 300)},
            {"kind": "nth", "of": of, "size": 2, "discounted": 1, "percent": 50},
            {"kind": "spend", "tiers": [{"spend": 3000, "off": random.randint(1, 500)}]},
            {"kind": "amount", "of": of, "amount": 200, "limit_per_member": 1, "members_only": True},
        )
    )
