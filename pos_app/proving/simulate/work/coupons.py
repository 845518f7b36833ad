"""Headquarters issues coupons, to members and to anybody; customers present them at any counter, some at two."""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from pos_app.proving.simulate.chain import COUPON_TEMPLATE, members_of
from pos_app.proving.simulate.machine.timeline import DAY, HOUR
from pos_app.proving.simulate.office import Office
from pos_app.proving.simulate.world import World

PER_DAY: Final = 5
"""So few that several customers come with one."""
ISSUED_WITHIN_US: Final = HOUR


def coupon_id(number: int) -> str:
    """Name a coupon; all that a day may bring are counted through."""
    return f"C{number:03d}"


def any_coupon(world: World, random: Random) -> str:
    """Name a coupon that may have been issued by now, or spent, or neither."""
    return coupon_id(random.randint(1, PER_DAY * world.plan.days))


@dataclass(frozen=True, slots=True)
class Coupons:
    """Coupons issued, to anybody or to a member."""

    name: str = "coupons"

    def plan(self, world: World) -> None:
        """Spread them over the days."""
        random = world.chance.stream(self.name)
        for number in range(PER_DAY * world.plan.days):
            store = random.randint(1, world.plan.stores)
            member = random.choice(members_of(store)) if random.random() < 0.2 else ""
            at_us = number // PER_DAY * DAY + random.randrange(ISSUED_WITHIN_US)
            world.at_office(at_us, _Issue(coupon_id(number + 1), member))


@dataclass(frozen=True, slots=True)
class _Issue:
    """One coupon."""

    id: str
    member: str

    def __call__(self, world: World, office: Office) -> None:
        del world
        coupon: dict[str, Any] = {"id": self.id, "template": COUPON_TEMPLATE}
        office.ask("POST", "/v1/import", {"coupons": [coupon | ({"member": self.member} if self.member else {})]})
