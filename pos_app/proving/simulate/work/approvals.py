"""A manager comes by: where headquarters has refused what a register did, the manager lets it go on."""

from dataclasses import dataclass

from pos_app.domain.errors import Breakdown, Refusal
from pos_app.proving.simulate.chain import MANAGER, MANAGERS_PIN
from pos_app.proving.simulate.machine.timeline import HOUR, MINUTE
from pos_app.proving.simulate.register.counter import Counter
from pos_app.proving.simulate.register.register import SimulatedRegister
from pos_app.proving.simulate.world import Broken, World


@dataclass(frozen=True, slots=True)
class Approvals:
    """A look into the Sync room now and then."""

    name: str = "approvals"

    def plan(self, world: World) -> None:
        """Come by every few hours."""
        for register in list(world.registers):
            random = world.chance.stream(self.name, register.name)
            at_us = random.randint(0, 2 * HOUR)
            while at_us < world.plan.minutes * MINUTE:
                world.at_counter(register, at_us, approve)
                at_us += random.randint(10 * MINUTE, 4 * HOUR)


def approve(world: World, register: SimulatedRegister, counter: Counter) -> None:
    """Let the register go on, where it waits for that."""
    reuniting = counter.open.reuniting
    try:
        if reuniting.parted() is not None:
            reuniting.approve(MANAGER, MANAGERS_PIN)
            world.trace.note(register.name, "goes on by approval")
    except Refusal as refusal:
        world.trace.note(register.name, "approval refused", refusal.code)
    except Breakdown:
        raise
    except Exception as error:
        raise Broken("counter_never_breaks", f"{register.name}: approval: {error!r}") from error
    world.follow(register)
