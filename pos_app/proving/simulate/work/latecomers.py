"""A store opens one more counter in the middle of the day: its register enrols over whatever line there is."""

from dataclasses import dataclass

from pos_app.proving.simulate.chain import store_id
from pos_app.proving.simulate.machine.timeline import DAY
from pos_app.proving.simulate.office import Office
from pos_app.proving.simulate.work.customers import Customers
from pos_app.proving.simulate.world import World


@dataclass(frozen=True, slots=True)
class Latecomers:
    """Registers that enrol while everything goes on."""

    name: str = "latecomers"

    def plan(self, world: World) -> None:
        """Let one come in every fifth world or so."""
        random = world.chance.stream(self.name)
        if random.random() < 0.8:
            return
        store = store_id(random.randint(1, world.plan.stores))
        world.at_office(random.randrange(DAY // 2), _Opening(store))


@dataclass(frozen=True, slots=True)
class _Opening:
    """One more counter in a store."""

    store: str

    def __call__(self, world: World, office: Office) -> None:
        made = office.ask("POST", "/v1/enrolment-codes", {"store": self.store})
        world.timeline.after(0, lambda: _begin(world, made["device"], made["code"]))


def _begin(world: World, name: str, code: str) -> None:
    register = world.add_register(name, code)
    Customers().plan_for(world, register)
    register.switch_on()
