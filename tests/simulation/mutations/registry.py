"""The registry of deliberate faults: what each puts in a function's place, and what must show it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from pos_app.proving.simulate.weather import DREADFUL

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A fault, the invariants that may be the first to show it, and in which weather it shows.

    ``first`` is the seed at which looking begins: for what is rare, one that showed it when it was written.
    """

    name: str
    make: Patch
    caught_by: frozenset[str]
    weather: str
    first: int


MUTATIONS: Final[list[Mutation]] = []


def mutation(*caught_by: str, weather: str = DREADFUL, first: int = 1) -> Callable[[Patch], Patch]:
    """Enter a fault under its function's name."""

    def enter(make: Patch) -> Patch:
        MUTATIONS.append(Mutation(make.__name__, make, frozenset(caught_by), weather, first))
        return make

    return enter
