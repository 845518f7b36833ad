"""What runs in a simulation is what runs in a shop: the engine, headquarters and the counter, in no other form."""

import ast
import inspect
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from pos_app.bootstrap.register import OpenRegister
from pos_app.proving.simulate.foundations import register_names
from pos_app.proving.simulate.hq.headquarters import SimulatedHq
from pos_app.proving.simulate.machine.chance import Chance, seeded_machine
from pos_app.proving.simulate.machine.connections import simulated_disks
from pos_app.proving.simulate.machine.timeline import MINUTE
from pos_app.proving.simulate.running import Simulator, end
from pos_app.proving.simulate.world import World
from pos_app.store.journal.journal import Journal
from pos_app.store.replica.reader import ReplicaReader
from sync.client.engine import SyncEngine
from sync.hq.app import create_app
from sync.hq.db.database import Database
from sync.hq.headquarters import Headquarters
from sync.hq.settings import Settings
from tests.architecture.tree import ROOT
from tests.simulation.worlds import small_world

pytestmark = pytest.mark.timeout(600)
"""A world takes seconds, and on a busy machine many more."""

SIMULATION = "pos_app.proving.simulate"
SWAPPED = {
    "sqlite3.connect": "connections whose statements are steps of a process",
    "os.urandom": "the machine's randomness",
    "random._urandom": "the same, by the name that `SystemRandom` keeps",
}
"""All that a simulation puts in another's place, beside what production lets anybody hand in."""


def production_modules() -> Iterator[tuple[str, ModuleType]]:
    for name, module in sorted(sys.modules.items()):
        if name.split(".")[0] in {"pos_app", "sync"} and not name.startswith(SIMULATION):
            yield name, module


def code_of_production() -> dict[str, object]:
    """Say what every name of production code is at this moment: functions, methods, and what a class is made of."""
    found: dict[str, object] = {}
    for name, module in production_modules():
        for own, value in vars(module).items():
            if isinstance(value, FunctionType):
                found[f"{name}.{own}"] = value, value.__code__
            elif inspect.isclass(value) and value.__module__ == name:
                found |= {f"{name}.{own}.{part}": thing for part, thing in vars(value).items() if callable(thing)}
    return found


@pytest.fixture
def world(simulator: Simulator, tmp_path: Path) -> Iterator[World]:
    """Begin a world in which nothing befalls anybody, and let it run for some minutes."""
    plan = small_world(1)
    simulator.lay(plan, tmp_path / "world")
    world = World(plan, tmp_path / "world")
    world.faults.over = True
    with simulated_disks(), seeded_machine(Chance(1).stream()):
        world.hq.start()
        for name in register_names(plan):
            world.add_register(name).switch_on()
        world.run(5 * MINUTE)
        yield world
        end(world)


def test_registers_run_the_production_engine_and_counter(world: World) -> None:
    for register in world.registers:
        assert register.agent is not None
        assert register.counter is not None
        assert type(register.agent.engine) is SyncEngine
        assert type(register.counter.register) is OpenRegister
        assert type(register.counter.open.journal) is Journal
        assert type(register.counter.open.replica) is ReplicaReader


def test_headquarters_is_the_application_that_is_served(world: World, tmp_path: Path) -> None:
    running: list[Headquarters] = []

    async def look(hq: Headquarters) -> None:
        running.append(hq)

    world.hq.do(look)

    (hq,) = running
    assert type(hq) is Headquarters
    assert type(hq.database) is Database
    assert world.hq.paths() == {route.path for route in create_app(Settings.embedded(tmp_path)).routes}


def test_nothing_of_production_is_put_in_another_form_while_it_runs(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.run(small_world(1))  # whatever is imported late is there now
    before = code_of_production()
    seen: list[dict[str, object]] = []
    real_connect = sqlite3.connect

    def look(_: str) -> None:
        if not seen:
            seen.append(code_of_production())
            assert sqlite3.connect is not real_connect

    simulator.run(small_world(1), look)

    assert seen == [before]
    assert len(before) > 1000
    monkeypatch.setattr(Journal, "append", lambda *_: None)
    assert code_of_production() != before  # it would be seen


def simulation_files() -> list[Path]:
    return sorted((ROOT / "pos_app/proving/simulate").rglob("*.py"))


def test_no_class_of_the_simulation_derives_from_a_class_of_production() -> None:
    simulated = [module for name, module in sys.modules.items() if name.startswith(SIMULATION)]
    derived = [
        f"{kind.__module__}.{kind.__qualname__} from {base.__module__}.{base.__qualname__}"
        for module in simulated
        for kind in vars(module).values()
        if inspect.isclass(kind) and kind.__module__.startswith(SIMULATION)
        for base in kind.__mro__[1:]
        if base.__module__.split(".")[0] in {"pos_app", "sync"} and not base.__module__.startswith(SIMULATION)
    ]

    assert SimulatedHq.__module__ in {module.__name__ for module in simulated}
    assert derived == []


def test_the_simulation_puts_nothing_in_its_place_but_what_is_named_here() -> None:
    """Of another module it sets these names only; ``setattr`` it does not know."""
    set_by_it: set[str] = set()
    for path in simulation_files():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                set_by_it |= {
                    f"{target.value.id}.{target.attr}"
                    for target in node.targets
                    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
                    if target.value.id in imported
                }
            assert not (isinstance(node, ast.Name) and node.id in {"setattr", "patch"}), f"{path}:{node.lineno}"

    assert set_by_it == set(SWAPPED)
