"""Every kind of work that goes on in a simulated chain."""

from typing import Final, Protocol

from pos_app.proving.simulate.work.approvals import Approvals
from pos_app.proving.simulate.work.coupons import Coupons
from pos_app.proving.simulate.work.customers import Customers
from pos_app.proving.simulate.work.goods import GoodsChanges
from pos_app.proving.simulate.work.jobs import Jobs
from pos_app.proving.simulate.work.latecomers import Latecomers
from pos_app.proving.simulate.work.leases import Leases
from pos_app.proving.simulate.work.looks import Looks
from pos_app.proving.simulate.work.newer_release import NewerRelease
from pos_app.proving.simulate.work.people import MemberChanges
from pos_app.proving.simulate.work.prices import PriceChanges
from pos_app.proving.simulate.work.promotions import Promotions
from pos_app.proving.simulate.work.returns import Returns
from pos_app.proving.simulate.world import World


class Work(Protocol):
    """A kind of work: a name by which it is left out, and its share of the days."""

    @property
    def name(self) -> str:
        """What it is called on a command line."""
        ...

    def plan(self, world: World) -> None:
        """Say what happens when (`World.at_counter`, `World.at_office`); each draws from a stream of its own."""
        ...


WORK: Final[tuple[Work, ...]] = (
    Customers(),
    Looks(),
    PriceChanges(),
    Promotions(),
    GoodsChanges(),
    MemberChanges(),
    NewerRelease(),
    Latecomers(),
    Coupons(),
    Leases(),
    Returns(),
    Jobs(),
    Approvals(),
)
