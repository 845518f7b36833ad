"""A printer behind a device file: ``/dev/usb/lp0``, ``COM3``, a share of the network. It is only written to.

Such a file tells no status; a device that takes no bytes for some seconds counts as down.
"""

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from pos_app.devices.printer.ports import JobInDoubt
from pos_app.domain.errors import PrinterDown

WRITE_WAIT_S = 5.0
_WAITS = hasattr(os, "O_NONBLOCK")
"""Where it is missing (Windows), `select` knows no files, and a write waits by itself."""
_FLAGS = (
    os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True, slots=True)
class DevicePort:
    """The way to a printer that the system shows as a file."""

    path: str
    write_wait_s: float = WRITE_WAIT_S

    def check(self) -> None:
        """Raise ``PrinterDown`` when it cannot be opened."""
        with self._opened():
            pass

    def deliver(self, job: bytes) -> None:
        """Write a job, all of it."""
        with self._opened() as device:
            rest = memoryview(job)
            until = monotonic() + self.write_wait_s
            while rest:
                written = self._write(device, rest, until)
                if not written:
                    kind = PrinterDown if len(rest) == len(job) else JobInDoubt
                    raise kind("printer_takes_nothing", path=self.path)
                rest = rest[written:]

    def _write(self, device: int, rest: memoryview, until: float) -> int:
        """Write some; nothing when it takes none in time or fails."""
        try:
            if _WAITS:
                select.select([], [device], [], max(until - monotonic(), 0))
            return os.write(device, rest)
        except OSError:
            return 0

    @contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            device = os.open(self.path, _FLAGS)
        except OSError as error:
            raise PrinterDown("printer_device", path=self.path, reason=error.strerror or str(error)) from error
        try:
            yield device
        finally:
            os.close(device)
