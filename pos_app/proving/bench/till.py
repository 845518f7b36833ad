"""A register with its files open and no window: what the measures of the store and of selling work on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pos_app.bootstrap.register import OpenRegister, Surroundings, open_register
from pos_app.devices.clock import SystemClock, TimedIds
from pos_app.domain.receipt import Receipt
from pos_app.proving.bench.ground import UTC_OFFSET_MINUTES
from pos_app.services.ports import Nudge
from pos_app.store.register_folder import RegisterFolder


@dataclass(slots=True)
class Tray:
    """A printer's queue that keeps nothing."""

    count: int = 0

    def put(self, _receipt: Receipt) -> None:
        """Take a receipt."""
        self.count += 1


@dataclass(slots=True)
class Nobody:
    """No sync engine: nobody to tell."""

    told: int = 0

    def facts_waiting(self) -> None:
        """Hear that a fact was appended."""
        self.told += 1


@contextmanager
def open_till(folder: RegisterFolder, nudge: Nudge) -> Iterator[OpenRegister]:
    """Open a register, and close it at the end."""
    identity = folder.identity()
    if identity is None:
        raise ValueError(f"{folder.path} is no register")
    clock = SystemClock(UTC_OFFSET_MINUTES)
    register = open_register(folder, identity, Surroundings(clock, TimedIds(clock), Tray(), nudge))
    try:
        yield register
    finally:
        register.close()
