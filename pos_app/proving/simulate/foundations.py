"""A chain on its first morning: imported, its registers enrolled. Made once for each size, copied for each seed.

It is made by the same programs in the same simulated way, only that nothing goes wrong.
"""

import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pos_app.proving.simulate.chain import BEGINS, chain_document, store_id
from pos_app.proving.simulate.machine.chance import Chance, seeded_machine
from pos_app.proving.simulate.machine.connections import simulated_disks
from pos_app.proving.simulate.machine.images import copy_disk
from pos_app.proving.simulate.machine.timeline import HOUR
from pos_app.proving.simulate.office import ask_now
from pos_app.proving.simulate.plan import Plan
from pos_app.proving.simulate.world import World

EVE = timedelta(days=1)


def register_names(plan: Plan) -> list[str]:
    """Name the registers of a world."""
    return [
        f"{store_id(store)}-R{each}" for store in range(1, plan.stores + 1) for each in range(1, plan.registers + 1)
    ]


@dataclass(slots=True)
class Foundations:
    """Chains that are ready. ``folder`` may be thrown away at the end."""

    folder: Path
    _ready: dict[tuple[int, int], Path] = field(default_factory=dict)

    def lay(self, plan: Plan, target: Path) -> None:
        """Put a fresh chain of this size into a new folder."""
        copy_disk(self.prepare(plan), target)

    def prepare(self, plan: Plan) -> Path:
        """Make the chain of this size, where it is not made yet, and say where it is."""
        size = plan.stores, plan.registers
        if size not in self._ready:
            made = self.folder / f"{plan.stores}x{plan.registers}"
            shutil.rmtree(made, ignore_errors=True)
            _found(Plan(0, plan.stores, plan.registers), made)
            self._ready[size] = made
        return self._ready[size]


def _found(plan: Plan, folder: Path) -> None:
    with simulated_disks(), seeded_machine(Chance("foundations").stream()):
        world = World(plan, folder, begins=BEGINS - EVE)
        world.faults.over = True
        world.hq.start()
        ask_now(world.hq, "POST", "/v1/import", chain_document(plan.stores))
        for name in register_names(plan):
            store, _, number = name.partition("-R")
            code = ask_now(world.hq, "POST", "/v1/enrolment-codes", {"store": store, "register": int(number)})["code"]
            world.add_register(name, code).calm()
        for register in world.registers:
            register.switch_on()
        world.timeline.run(HOUR)
        if any(register.agent is None or register.agent.engine is None for register in world.registers):
            raise AssertionError(f"a register did not enrol on a fine day: {world.trace.last(20)}")
        for register in world.registers:
            register.switch_off()
        world.hq.stop()
