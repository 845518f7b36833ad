"""What a batch means for the chain that headquarters has: known, new, too far ahead, or a fork. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pos_app.domain.branches import read_opening
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import GENESIS, ChainHead, Position
from sync.hq.facts.batch import Arrived

Kind = Literal["follows", "gap", "fork"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a batch stands to the chain. On a ``fork`` the lines are those of the other branch, else the new ones."""

    kind: Kind
    lines: Sequence[Arrived] = ()


def compare(
    head: ChainHead, known: Mapping[Position, bytes], arrived: Sequence[Arrived], *, granted_epoch: int
) -> Verdict:
    """Hold a batch against the chain's head and the hashes of what is known in the batch's span.

    Raises ``Refusal("epoch_unknown")`` for an epoch that headquarters did not grant and that no fact opens.
    """
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
    if begins:
        return Verdict(_epoch_begins(head, first, granted_epoch), new)
    return Verdict("follows" if first.prev in {None, head.hash} else "fork", new)


def _epoch_begins(head: ChainHead, first: Arrived, granted_epoch: int) -> Kind:
    """Judge the first fact of an epoch: it says what it follows, or the epoch was granted at an enrolment."""
    opening = read_opening(first.fact)
    if opening is None:
        if first.position.epoch > granted_epoch:
            raise Refusal("epoch_unknown", epoch=first.position.epoch, granted=granted_epoch)
        # A register that enrolled again begins with an empty journal, one that lived on behind its own head.
        return "follows" if first.prev in {None, head.hash, GENESIS} else "fork"
    if opening.follows.position > head.position:
        # What it follows was lost here (a backup was put back): it comes again first.
        return "gap"
    return "follows" if opening.follows == head and first.prev == head.hash else "fork"
