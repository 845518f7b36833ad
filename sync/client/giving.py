"""Facts given from register to register: one whose own line is down gives what headquarters lacks to its neighbours.

Each fact goes as it was hashed, under an end of the chain that its owner signed. Whoever takes it keeps it, counts it,
and brings it to headquarters if it can (`relay`); the owner believes that it arrived from headquarters alone. Runs in
the window's process. Knows the files by ports.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import HASH_BYTES, START, ChainHead, Fact, Position, read_fact
from pos_app.domain.ids import DeviceId
from sync.client.lan import Message, Speaker, ask
from sync.client.ports import OwnFacts, PeerFacts
from sync.protocol.stream import Given, StoredFact

BATCH_FACTS: Final = 100
BATCH_BYTES: Final = 128 * 1024
"""A slow wireless bridge must carry one, within an exchange's time."""
MOST_BATCHES: Final = 20
"""Given to a neighbour in one round: baskets wait behind it."""


class Giving:
    """Both sides of it, at one register."""

    def __init__(self, speaker: Speaker, own: OwnFacts, peers: PeerFacts, taken: Callable[[], None]) -> None:
        """Give what is in the own chain, keep what the others give; ``taken`` hears that something came."""
        self._speaker, self._own, self._peers, self._taken = speaker, own, peers, taken
        self._kept: dict[str, Position] = {}
        self._told: dict[str, Position] = {}

    def give(self, address: str, device: DeviceId) -> None:
        """Give a neighbour what it has not, while the own line is down; once it is up again, say what is confirmed.

        Raises as `ask` does.
        """
        standing = self._own.standing()
        if standing is None:
            return
        is_up, acked = standing
        if is_up:
            if device in self._kept and self._told.get(device) != acked:
                self._ask(address, device, acked, ())
            return
        if device not in self._kept and self._own.after(acked, 1):
            self._ask(address, device, acked, ())
        for _ in range(MOST_BATCHES if device in self._kept else 0):
            start = max(acked, self._kept[device])
            facts = self._batch(start)
            if not facts:
                return
            self._ask(address, device, acked, facts)
            if self._kept[device] <= start:
                return

    def take(self, by: str, question: Message) -> Message:
        """Keep what a neighbour gives; answer how far its facts are here.

        Raises ``Refusal("facts_not_in_order")`` where they are not one piece of its chain, or what `PeerFacts.keep`
        refuses.
        """
        given = _read(DeviceId(by), question)
        before = self._peers.kept(given.device)
        kept = self._peers.keep(given)
        if kept != before:
            self._taken()
        return {"kept": [kept.epoch, kept.seq]}

    def _ask(self, address: str, device: DeviceId, acked: Position, facts: Sequence[StoredFact]) -> None:
        question: dict[str, Any] = {"ask": "keep", "acked": [acked.epoch, acked.seq], "signed": "", "facts": []}
        if facts:
            question["signed"] = self._own.sign(ChainHead(facts[-1].position, facts[-1].hash))
            question["facts"] = [fact.canonical.decode() for fact in facts]
        epoch, seq = ask(address, self._speaker, question, whom=device).said["kept"]
        self._kept[device], self._told[device] = Position(int(epoch), int(seq)), acked

    def _batch(self, start: Position) -> Sequence[StoredFact]:
        facts = self._own.after(start, BATCH_FACTS)
        total_bytes = 0
        for count, fact in enumerate(facts):
            total_bytes += len(fact.canonical)
            if count > 0 and (total_bytes > BATCH_BYTES or fact.position.epoch != facts[0].position.epoch):
                return facts[:count]
        return facts


def _read(by: DeviceId, question: Message) -> Given:
    epoch, seq = question["acked"]
    facts = [read_fact(str(line).encode()) for line in question["facts"]]
    signed = str(question["signed"])
    for before, fact in pairwise(facts):
        if fact.prev != before.hash or fact.position != Position(before.position.epoch, before.position.seq + 1):
            raise Refusal("facts_not_in_order", seq=fact.position.seq)
    if facts and (facts[0].device != by or not _is_of(facts[-1], signed)):
        raise Refusal("facts_not_in_order", seq=facts[-1].position.seq)
    if any(fact.device != by for fact in facts):
        raise Refusal("facts_not_in_order", seq=facts[0].position.seq)
    return Given(by, max(START, Position(int(epoch), int(seq))), signed, facts)


def _is_of(fact: Fact, signed: str) -> bool:
    """Tell whether a signed end is this fact's; whose signature it is, headquarters sees."""
    words = signed.split(" ")
    at = [str(fact.position.epoch), str(fact.position.seq), fact.hash.hex()]
    return len(words) == len(at) + 1 and words[:-1] == at and len(fact.hash) == HASH_BYTES
