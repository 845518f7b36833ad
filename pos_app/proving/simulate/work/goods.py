"""Headquarters changes goods: another name, one more code. What prices them stays."""

from dataclasses import dataclass

from pos_app.proving.simulate.chain import PRODUCTS, product
from pos_app.proving.simulate.office import Office
from pos_app.proving.simulate.world import World

PER_DAY = 4


@dataclass(frozen=True, slots=True)
class GoodsChanges:
    """Products imported again."""

    name: str = "goods"

    def plan(self, world: World) -> None:
        """Spread changes over the days."""
        random = world.chance.stream(self.name)
        for edition in range(1, PER_DAY * world.plan.days + 1):
            at_us = world.moment(random)
            world.at_office(at_us, _Edition(random.sample(range(1, PRODUCTS + 1), random.randint(1, 6)), edition))


@dataclass(frozen=True, slots=True)
class _Edition:
    """Some products in another edition."""

    numbers: list[int]
    edition: int

    def __call__(self, world: World, office: Office) -> None:
        del world
        office.ask("POST", "/v1/import", {"products": [product(each, self.edition) for each in self.numbers]})
