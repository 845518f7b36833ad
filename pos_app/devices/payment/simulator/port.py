"""The way to the simulated providers: a process of its own, started at the first call, ended with its register."""

from collections.abc import Sequence
from pathlib import Path

from pos_app.devices.payment.calling import Answered, NoAnswer, PlainCaller
from pos_app.devices.simulator_process import SimulatorProcess


class SimulatorCaller:
    """Calls providers that are started at the first call. ``command`` starts ``granary`` here; ``folder`` is theirs."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        """Start nothing yet."""
        self._process = SimulatorProcess(command, "payment-simulator", folder)

    def call(self, method: str, path: str, body: str = "", kind: str = "application/json") -> Answered:
        """Call, and wait for the answer; raise `NoAnswer`."""
        address = self._process.address()
        if address is None:
            raise NoAnswer(sent=False)
        return PlainCaller(*address).call(method, path, body, kind)

    def close(self) -> None:
        """Pull its plug."""
        self._process.close()
