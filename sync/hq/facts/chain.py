"""What a batch means for the chain that headquarters has: known, new, too far ahead, or a fork. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import GENESIS, ChainHead, Position
from sync.hq.facts.batch import Arrived


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a batch stands to the chain. On a ``fork`` the lines are those of the other branch, else the new ones."""

    kind: Literal["follows", "gap", "fork"]
    lines: Sequence[Arrived] = ()


def compare(
    head: ChainHead, known: Mapping[Position, bytes], arrived: Sequence[Arrived], *, granted_epoch: int
) -> Verdict:
    """Hold a batch against the chain's head and the hashes of what is known in the batch's span.

    Raises ``Refusal("epoch_unknown")`` for an epoch that headquarters did not grant.
    """
    if arrived[0].position.epoch > granted_epoch:
        raise Refusal("epoch_unknown", epoch=arrived[0].position.epoch, granted=granted_epoch)
    new = [line for line in arrived if line.position > head.position]
    for index, line in enumerate(arrived[: len(arrived) - len(new)]):
        # What cannot be read proves nothing: its hash was only told, by whatever stood behind it then.
        if not line.trouble and known.get(line.position) != line.hash:
            return Verdict("fork", arrived[index:])
    if not new:
        return Verdict("follows")
    first = new[0]
    begins = first.position.epoch > head.position.epoch
    if first.position.seq != (1 if begins else head.position.seq + 1):
        return Verdict("gap")
    # A register that enrolled again begins its epoch with an empty journal, one that lived on behind its own head.
    befores = {head.hash, GENESIS} if begins else {head.hash}
    if first.prev is not None and first.prev not in befores:
        return Verdict("fork", new)
    return Verdict("follows", new)
