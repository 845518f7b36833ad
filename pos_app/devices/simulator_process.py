"""A simulated device in a process of its own: started when it is first wanted, ended with its register."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_S = 3.0


@dataclass(slots=True)
class SimulatorProcess:
    """One of ``granary``'s simulators. ``command`` starts ``granary`` here, ``name`` is the simulator's own."""

    command: Sequence[str]
    name: str
    folder: Path
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _address: tuple[str, int] | None = field(default=None, init=False)

    def address(self) -> tuple[str, int] | None:
        """Tell host and port where it listens, and start it where it does not; None where it cannot be started."""
        if self._address is not None and self._process is not None and self._process.poll() is None:
            return self._address
        self.close()
        self._process = subprocess.Popen(  # noqa: S603 — our own command line
            [*self.command, self.name, "--data", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        line = self._process.stdout.readline() if self._process.stdout is not None else b""
        if not line:
            return None
        said = json.loads(line)
        self._address = said["host"], said["port"]
        return self._address

    def close(self) -> None:
        """Pull its plug."""
        process, self._process, self._address = self._process, None, None
        if process is None:
            return
        with process:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
