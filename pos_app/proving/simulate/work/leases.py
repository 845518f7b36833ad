"""Headquarters leases points to registers, at night and when somebody asks for it, and asks some back."""

from dataclasses import dataclass

from pos_app.domain.errors import Refusal
from pos_app.proving.simulate.machine.timeline import HOUR
from pos_app.proving.simulate.office import Office
from pos_app.proving.simulate.world import World

ROUNDS_PER_DAY = 5
RECALLS_PER_DAY = 2


@dataclass(frozen=True, slots=True)
class Leases:
    """Rounds, and leases asked back."""

    name: str = "leases"

    def plan(self, world: World) -> None:
        """Make the first round when the shops have opened, so that there is something to spend without a line."""
        random = world.chance.stream(self.name)
        world.at_office(random.randrange(HOUR), _make_round)
        for _ in range(ROUNDS_PER_DAY * world.plan.days):
            world.at_office(world.moment(random), _make_round)
        for _ in range(RECALLS_PER_DAY * world.plan.days):
            world.at_office(world.moment(random), _Recall(random.getrandbits(32)))


def _make_round(_: World, office: Office) -> None:
    office.ask("POST", "/v1/leases/round")


@dataclass(frozen=True, slots=True)
class _Recall:
    """A lease asked back."""

    number: int
    """Of those that there are, counted around."""

    def __call__(self, world: World, office: Office) -> None:
        rows = office.ask("GET", "/v1/leases")["rows"]
        if not rows:
            return
        own = rows[self.number % len(rows)]["id"]
        try:
            office.ask("POST", f"/v1/leases/{own}/recall")
        except Refusal as refusal:
            world.trace.note("office", "recall refused", refusal.code)  # it came back while it was asked for
