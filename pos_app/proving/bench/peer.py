"""What others use, each in a process and an environment of its own under the bench's folder.

A peer is told a scene's file, says what it stands for in a line, then answers line by line what it is asked. One that
cannot be had is a reason, not a failure. Knows no engine, and not what is asked.
"""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

INSTALL_SECONDS: Final = 900


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
    """A peer that runs; a context manager that stops it."""

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

    def ask(self, line: str) -> str:
        """Have a line answered; raise `Missing` when it broke off instead."""
        asked: IO[str] | None = self._process.stdin
        assert asked is not None, "it was started with a pipe"
        asked.write(f"{line}\n")
        asked.flush()
        return self._heard()

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
