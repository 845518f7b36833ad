"""The way to a simulated printer: a process of its own, started at the first job, ended with its register."""

from collections.abc import Sequence
from pathlib import Path

from pos_app.devices.printer.network_port import NetworkPort
from pos_app.devices.simulator_process import SimulatorProcess
from pos_app.domain.errors import PrinterDown


class SimulatorPort:
    """A way to a simulated printer that is started at the first job. ``command`` starts ``granary`` here."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        """Start nothing yet."""
        self._process = SimulatorProcess(command, "printer-simulator", folder)

    def check(self) -> None:
        """Raise ``PrinterDown`` when it would not print now."""
        self._reached().check()

    def deliver(self, job: bytes) -> None:
        """Print a job."""
        self._reached().deliver(job)

    def close(self) -> None:
        """Pull its plug."""
        self._process.close()

    def _reached(self) -> NetworkPort:
        address = self._process.address()
        if address is None:
            raise PrinterDown("printer_unreachable", address="simulator")
        return NetworkPort(*address)
