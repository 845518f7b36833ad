"""How a replica notes that the register's chain and headquarters' have parted: the questions of writer and reader."""

from typing import Any, Final

from pos_app.domain.branches import Parting
from pos_app.domain.facts import ChainHead, Position

PARTING: Final = "SELECT epoch, seq, head_epoch, head_seq, head_hash, frozen FROM parting"
LOST_FACTS: Final = "SELECT epoch, seq, hash, canonical FROM lost_fact ORDER BY epoch, seq"


def parting_of(row: tuple[Any, ...]) -> Parting:
    """Read a row of `PARTING`."""
    epoch, seq, head_epoch, head_seq, head_hash, frozen = row
    return Parting(Position(epoch, seq), ChainHead(Position(head_epoch, head_seq), head_hash), bool(frozen))
