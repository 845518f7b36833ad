"""The way to a simulated printer: a process of its own, started at the first job, ended with its register."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pos_app.devices.printer.network_port import NetworkPort
from pos_app.domain.errors import PrinterDown

STOP_S = 3.0


@dataclass(slots=True)
class SimulatorPort:
    """A way to a simulated printer that is started at the first job. ``command`` starts ``granary`` here."""

    command: Sequence[str]
    folder: Path
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _port: NetworkPort | None = field(default=None, init=False)

    def check(self) -> None:
        """Raise ``PrinterDown`` when it would not print now."""
        self._reached().check()

    def deliver(self, job: bytes) -> None:
        """Print a job."""
        self._reached().deliver(job)

    def close(self) -> None:
        """Pull its plug."""
        process, self._process = self._process, None
        if process is None:
            return
        with process:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def _reached(self) -> NetworkPort:
        if self._port is not None and self._process is not None and self._process.poll() is None:
            return self._port
        self.close()
        self._process = subprocess.Popen(  # noqa: S603 — our own command line
            [*self.command, "printer-simulator", "--data", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        line = self._process.stdout.readline() if self._process.stdout is not None else b""
        if not line:
            raise PrinterDown("printer_unreachable", address="simulator")
        said = json.loads(line)
        self._port = NetworkPort(said["host"], said["port"])
        return self._port
