"""Headquarters changes members: another tier, another store. Who moves goes from one store's registers to another's."""

from dataclasses import dataclass
from random import Random

from pos_app.proving.simulate.chain import FAMOUS, TIERS, members_of, store_id
from pos_app.proving.simulate.office import Office
from pos_app.proving.simulate.world import World

PER_DAY = 4


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """Members imported again."""

    name: str = "members"

    def plan(self, world: World) -> None:
        """Spread changes over the days."""
        random = world.chance.stream(self.name)
        for _ in range(PER_DAY * world.plan.days):
            at_us = world.moment(random)
            world.at_office(at_us, _Move(random.getrandbits(64)))


@dataclass(frozen=True, slots=True)
class _Move:
    """A member with another tier, at home in any store."""

    seed: int

    def __call__(self, world: World, office: Office) -> None:
        random = Random(self.seed)
        store = random.randint(1, world.plan.stores)
        name = FAMOUS if random.random() < 0.5 else random.choice(members_of(store))
        home = store_id(random.randint(1, world.plan.stores))
        member = {"id": name, "name": name, "tier": random.choice(TIERS), "card": f"CARD{name}", "home_store": home}
        office.ask("POST", "/v1/import", {"members": [member]})
