"""Bringing to headquarters what other registers of the store gave: their bytes, their signed heads, our request.

Headquarters compares what it has by hash, so that two who bring the same fact count once. What it refuses is not
brought again until its owner has signed something further. Knows nothing of what a fact means.
"""

from contextlib import suppress
from pathlib import Path

import msgspec
import structlog

from pos_app.domain.errors import LineTalksRubbish, Refusal
from pos_app.domain.facts import START, Position
from sync.client.ports import GivenFacts
from sync.client.transport import HqLine, Question
from sync.protocol.compression import ENCODING, compress
from sync.protocol.signatures import HEAD_HEADER
from sync.protocol.stream import Given
from sync.protocol.wire import JSON_LINES, FactsAnswer


class _Noted(msgspec.Struct):
    """How far each owner's facts were dealt with."""

    done: dict[str, tuple[int, int]] = {}


class Relay:
    """Brings them, a batch a call."""

    def __init__(self, line: HqLine, peers: GivenFacts, memory: Path) -> None:
        """Read from ``peers``; what was brought is noted in a file that may be lost."""
        self._line, self._peers, self._memory = line, peers, memory
        self._done: dict[str, Position] = {}
        self._log = structlog.get_logger()
        with suppress(OSError, msgspec.MsgspecError):
            noted = msgspec.json.decode(memory.read_bytes(), type=_Noted)
            self._done = {device: Position(*place) for device, place in noted.done.items()}

    def once(self) -> bool:
        """Bring the next batch of somebody; tell whether there was one. Raises ``LineDown`` or ``LineTalksRubbish``."""
        for device, acked in self._peers.owners().items():
            given = self._peers.next_of(device, max(acked, self._done.get(device, START)))
            if given is not None:
                self._bring(given)
                return True
        return False

    def _bring(self, given: Given) -> None:
        last = given.facts[-1].position
        try:
            said = self._send(given)
        except Refusal as refusal:
            self._log.warning("not_relayed", device=given.device, code=refusal.code, seq=last.seq)
            self._note(given.device, last)
            return
        acked = Position(said.acked_epoch, said.acked_seq)
        self._log.info("relayed", device=given.device, facts=len(given.facts), acked=f"{acked.epoch}:{acked.seq}")
        # Short of that headquarters lacks what comes before, which is not here: only their owner has it.
        self._note(given.device, max(acked, last))

    def _send(self, given: Given) -> FactsAnswer:
        answer = self._line.ask(
            Question(
                "POST",
                f"/v1/devices/{given.device}/facts",
                headers={"Content-Type": JSON_LINES, "Content-Encoding": ENCODING, HEAD_HEADER: given.signed},
                body=compress(b"".join(fact.canonical + b"\n" for fact in given.facts)),
            )
        )
        try:
            return msgspec.json.decode(answer.body, type=FactsAnswer)
        except msgspec.MsgspecError as error:
            raise LineTalksRubbish("answer_malformed", reason=str(error)[:200]) from error

    def _note(self, device: str, place: Position) -> None:
        self._done[device] = place
        noted = _Noted({name: (at.epoch, at.seq) for name, at in self._done.items()})
        with suppress(OSError):
            self._memory.write_bytes(msgspec.json.encode(noted))
