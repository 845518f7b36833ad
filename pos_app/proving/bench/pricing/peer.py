"""What others use, each in a process and an environment of its own under the bench's folder.

A peer is told a scene's file, says what it stands for in a line, then answers each basket's number with nanoseconds of
the clock, nanoseconds of the processor, and the fen it saves. One that cannot be had is a reason, not a failure.
Knows no engine.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from pos_app.proving.bench.pricing import peers

INSTALL_SECONDS: Final = 900
_HERE: Final = Path(peers.__file__).parent
_OSCAR: Final = "django-oscar==4.2.1"
_MEDUSA: Final = "@medusajs/promotion@2.21.2"


class Missing(Exception):
    """A peer cannot be had here, and why."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a peer is had: what must be on the path, what installs it, what runs it. ``{}`` is its folder."""

    name: str
    needs: str
    steps: Sequence[Sequence[str]]
    made: str
    """A file that is there when it is installed."""
    runs: Sequence[str]


OSCAR: Final = Recipe(
    name="django-oscar",
    needs=sys.executable,
    steps=(
        (sys.executable, "-m", "venv", "."),
        ("bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", _OSCAR),
    ),
    made="lib",
    runs=("bin/python", str(_HERE / "django_oscar.py")),
)
MEDUSA: Final = Recipe(
    name="Medusa",
    needs="npm",
    steps=(
        ("npm", "init", "--yes"),
        ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", _MEDUSA),
    ),
    made="node_modules/@medusajs/promotion",
    runs=("node", str(_HERE / "medusa.cjs")),
)


def install(recipe: Recipe, folder: Path) -> None:
    """Install a peer in a folder of its own, once; raise `Missing` with the reason where it cannot be."""
    done = folder / "installed"
    if done.exists():
        return
    if shutil.which(recipe.needs) is None:
        raise Missing(f"{recipe.name}: there is no {recipe.needs} here")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for step in recipe.steps:
        try:
            ended = subprocess.run(
                _in(folder, step), cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Missing(f"{recipe.name}: {step[0]} did not end well ({error})") from error
        if ended.returncode:
            said = (ended.stderr or ended.stdout).strip().splitlines()
            raise Missing(f"{recipe.name}: {' '.join(step)}: {said[-1] if said else ended.returncode}")
    if not (folder / recipe.made).exists():
        raise Missing(f"{recipe.name}: it was installed, but {recipe.made} is not there")
    done.touch()


def _in(folder: Path, command: Sequence[str]) -> list[str]:
    """Name a program of the folder by its path."""
    own = folder / command[0]
    return [str(own) if own.exists() else command[0], *command[1:]]


class Peer:
    """A peer that runs, and prices baskets of a scene."""

    def __init__(self, recipe: Recipe, folder: Path, scene: Path) -> None:
        """Start it and wait until it stands; raise `Missing` where it does not."""
        self._log = folder / "log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_in(folder, recipe.runs), str(scene)],
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._name = recipe.name
        self.stands_for = self._heard()

    def price(self, basket: int, *, by_processor: bool) -> int:
        """Have a basket priced; give nanoseconds."""
        asked: IO[str] | None = self._process.stdin
        assert asked is not None, "it was started with a pipe"
        asked.write(f"{basket}\n")
        asked.flush()
        return int(self._heard().split()[by_processor])

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Stop it."""
        self._process.kill()
        self._process.communicate()

    def _heard(self) -> str:
        said: IO[str] | None = self._process.stdout
        assert said is not None, "it was started with a pipe"
        line = said.readline().strip()
        if not line:
            self._process.kill()
            self._process.communicate()
            raise Missing(f"{self._name}: it broke off; {self._log} says why")
        return line
