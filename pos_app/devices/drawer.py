"""The cash drawer (钱箱): it hangs on the receipt printer, which opens it by a pulse on one of two wires."""

from dataclasses import dataclass
from typing import Literal

from escpos.constants import ESC

_PULSE: bytes = ESC + b"p"
UNIT_MS = 2
"""What the printer counts a pulse's times in (``ESC p m t1 t2``)."""
MAX_MS = 255 * UNIT_MS


@dataclass(frozen=True, slots=True)
class DrawerPulse:
    """The pulse that a drawer wants: its connector's pin, and how long it is on, then off."""

    pin: Literal[2, 5] = 2
    on_ms: int = 100
    off_ms: int = 500

    def __post_init__(self) -> None:
        """Hold it to what the printer can send."""
        if not (UNIT_MS <= self.on_ms <= self.off_ms <= MAX_MS):
            raise AssertionError(f"a pulse is on for {UNIT_MS} ms to {MAX_MS} ms, and off for at least as long")

    def command(self) -> bytes:
        """Give the printer's command."""
        wire = 0 if self.pin == 2 else 1
        return _PULSE + bytes([wire, self.on_ms // UNIT_MS, self.off_ms // UNIT_MS])
