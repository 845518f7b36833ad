"""The way to the simulated providers: a process of its own, started at the first call, ended with its register."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pos_app.devices.payment.calling import Answered, NoAnswer, PlainCaller

STOP_S = 3.0


@dataclass(slots=True)
class SimulatorCaller:
    """Calls providers that are started at the first call. ``command`` starts ``granary`` here; ``folder`` is theirs."""

    command: Sequence[str]
    folder: Path
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _caller: PlainCaller | None = field(default=None, init=False)

    def call(self, method: str, path: str, body: str = "", kind: str = "application/json") -> Answered:
        """Call, and wait for the answer; raise `NoAnswer`."""
        return self._reached().call(method, path, body, kind)

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

    def _reached(self) -> PlainCaller:
        if self._caller is not None and self._process is not None and self._process.poll() is None:
            return self._caller
        self.close()
        self._process = subprocess.Popen(  # noqa: S603 — our own command line
            [*self.command, "payment-simulator", "--data", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        line = self._process.stdout.readline() if self._process.stdout is not None else b""
        if not line:
            raise NoAnswer(sent=False)
        said = json.loads(line)
        self._caller = PlainCaller(said["host"], said["port"])
        return self._caller
