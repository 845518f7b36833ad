"""Headquarters' people: what they ask it as its administrators, one errand after another, until it is done.

Their line is good; headquarters may be down. What got no answer is asked again: sent twice it changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pos_app.domain.errors import Refusal
from pos_app.proving.simulate.hq.asking import Answered, Sent
from pos_app.proving.simulate.hq.headquarters import TOKEN, SimulatedHq
from pos_app.proving.simulate.machine.processes import Process, Strand, resting_strand
from pos_app.proving.simulate.machine.timeline import MINUTE, Timeline
from pos_app.proving.simulate.trace import Trace
from sync.protocol.wire import Failure

if TYPE_CHECKING:
    from pos_app.proving.simulate.world import World

AGAIN_US: Final = 3 * MINUTE
ANSWER_US: Final = 2 * MINUTE

Errand = Callable[["Office"], None]


@dataclass(slots=True)
class Office:
    """An administrator at work."""

    timeline: Timeline
    hq: SimulatedHq
    trace: Trace
    refused: Callable[[Refusal], None]
    """Hears of a no to what should have been done."""
    errands: list[Errand] = field(default_factory=list)
    _wake: Callable[[object], None] | None = None
    _process: Process = field(default_factory=lambda: Process("office", ""))

    def start(self) -> None:
        """Begin to work."""
        Strand(self.timeline, self._process, self._run).start()

    def end(self) -> None:
        """Go home."""
        self._process.end()

    def do(self, errand: Errand) -> None:
        """Give it something to do."""
        self.errands.append(errand)
        if self._wake is not None:
            self._wake(None)

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 — a JSON document
        """Ask until there is an answer; raise ``Refusal`` where it is a no."""
        sent = _sent(method, path, body)
        while True:
            strand = resting_strand()
            waker = strand.waker()
            self.timeline.after(0, partial(self.hq.receive, sent, waker))
            answer = strand.wait(ANSWER_US)
            if isinstance(answer, Answered) and answer.status < 500:
                return _read(answer)
            strand.sleep(AGAIN_US)

    def import_rows(self, world: "World", section: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Import rows; of those to be deleted, some may have gone with a database that a backup took the place of."""
        try:
            self.ask("POST", "/v1/import", {section: rows})
        except Refusal:
            if not world.earlier:
                raise
            self.ask("POST", "/v1/import", {section: [row for row in rows if "delete" not in row]})

    def _run(self) -> None:
        while True:
            while self.errands:
                errand = self.errands.pop(0)
                try:
                    errand(self)
                except Refusal as refusal:
                    self.refused(refusal)
            self._wake = resting_strand().waker()
            resting_strand().wait()


def ask_now(hq: SimulatedHq, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 — a JSON document
    """Ask a headquarters that is well and takes no time."""
    answers: list[Answered | None] = []
    hq.receive(_sent(method, path, body), answers.append)
    if not answers or answers[0] is None:
        raise AssertionError(f"{method} {path}: no answer; {hq.bugs}")
    return _read(answers[0])


def _sent(method: str, path: str, body: object) -> Sent:
    headers = ((b"authorization", f"Bearer {TOKEN}".encode()), (b"content-type", b"application/json"))
    return Sent(method, path, headers, b"" if body is None else msgspec.json.encode(body))


def _read(answer: Answered) -> Any:  # noqa: ANN401 — a JSON document
    if answer.status >= 400:
        failure = msgspec.json.decode(answer.body, type=Failure)
        raise Refusal(failure.code, **failure.details)
    return msgspec.json.decode(answer.body)
