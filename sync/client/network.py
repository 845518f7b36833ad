"""Where a register is on its store's own network. Light: the window's process knows it before it has neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

LISTEN_EVERY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Network:
    """Where this register listens, empty: nowhere; and where its neighbours are: ``host:port`` each."""

    listen: str = ""
    neighbours: Sequence[str] = ()
    every_s: float = LISTEN_EVERY_S
    """How often each is asked what is suspended there."""
    discover: bool = False
    """Look for others by multicast, beside those that are named."""


Discovered = Literal["off", "looking", "works", "silent"]
"""Whether registers are found by multicast: not looked for, not known yet, so it is, or nothing comes through."""


@dataclass(frozen=True, slots=True)
class LanState:
    """The store's network as a register sees it: who answered last time, and how they are found."""

    answering: Sequence[str] = ()
    discovered: Discovered = "off"


ALONE: Final = Network()
"""A register that has no neighbours."""
