"""Where a register's chain and headquarters' have parted, and how it goes on: a new epoch that says what it follows,
and the facts of a refused branch taken over byte for byte (docs/sync.md §2).

Pure: knows no file and no line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeGuard

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import HASH_BYTES, ChainHead, Fact, Happening, Position, read_fact
from pos_app.domain.ids import OperatorId

ADOPTED_FACT_KIND = "adopted"
OPENED_FACT_KIND = "epoch_opened"
COMPACTED_FACT_KIND = "journal_compacted"
VERSION: Final = 1
NOBODY: Final = OperatorId("")
"""Who opens an epoch when the register does so by itself."""

MOST_WRAPS: Final = 8
"""How often a fact may have been taken over; more is nobody's chain."""

Reason = Literal["behind", "forked"]


@dataclass(frozen=True, slots=True)
class Parting:
    """Up to where both have the same facts, and where headquarters' chain ends.

    ``frozen``: headquarters refused what this register has behind ``common``, or another's, and waits for a person.
    """

    common: Position
    head: ChainHead
    frozen: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first fact of an epoch says: why it begins, and which fact at headquarters it follows."""

    reason: Reason
    follows: ChainHead

    def happening(self, at: str, operator: OperatorId, *, adopted: int = 0) -> Happening:
        """Report it, with how many facts of a refused branch come behind."""
        place = self.follows.position
        body = {
            "reason": self.reason,
            "follows": {"epoch": place.epoch, "seq": place.seq, "hash": self.follows.hash.hex()},
            "adopted": adopted,
        }
        return Happening(OPENED_FACT_KIND, VERSION, at, operator, body)


def compaction(through: ChainHead, facts: int, at: str) -> Happening:
    """Report that facts up to a place were taken out of the journal: headquarters can hold that against what it has."""
    place = {"epoch": through.position.epoch, "seq": through.position.seq, "hash": through.hash.hex()}
    return Happening(COMPACTED_FACT_KIND, VERSION, at, NOBODY, {"through": place, "facts": facts})


def read_compaction(fact: Fact) -> ChainHead | None:
    """Read up to where a fact says that the journal was compacted; None when it says nothing that can be read."""
    return _read_head(fact.body.get("through")) if fact.kind == COMPACTED_FACT_KIND else None


def read_opening(fact: Fact | None) -> Opening | None:
    """Read what a fact says of the epoch that it opens; None when it opens none."""
    if fact is None or fact.kind != OPENED_FACT_KIND:
        return None
    reason, follows = fact.body.get("reason"), _read_head(fact.body.get("follows"))
    return None if reason not in {"behind", "forked"} or follows is None else Opening(reason, follows)


def adoption(fact: Fact, at: str, operator: OperatorId) -> Happening:
    """Take a fact of a refused branch over, byte for byte. ``operator`` is who approved of it."""
    return Happening(ADOPTED_FACT_KIND, VERSION, at, operator, {"fact": fact.canonical.decode()})


def meaning(fact: Fact) -> Fact:
    """Give what a fact says, at the place where it counts: of an adopted one, what is inside it.

    Raises ``Refusal("fact_unreadable")`` when nothing that can be read is inside, or another register's.
    """
    inner = fact
    for _ in range(MOST_WRAPS):
        if inner.kind != ADOPTED_FACT_KIND:
            return inner if inner is fact else replace(inner, position=fact.position)
        inside = inner.body.get("fact")
        if not isinstance(inside, str):
            raise Refusal("fact_unreadable", field="fact")
        inner = read_fact(inside.encode())
        if inner.device != fact.device:
            raise Refusal("fact_unreadable", field="device")
    raise Refusal("fact_unreadable", field="fact")


def _read_head(said: object) -> ChainHead | None:
    if not isinstance(said, Mapping):
        return None
    epoch, seq, digest = (said.get(name) for name in ("epoch", "seq", "hash"))
    if not (_counts(epoch) and _counts(seq) and isinstance(digest, str)):
        return None
    try:
        known = bytes.fromhex(digest)
    except ValueError:
        return None
    return ChainHead(Position(epoch, seq), known) if len(known) == HASH_BYTES else None


def _counts(value: Any) -> TypeGuard[int]:  # noqa: ANN401 — a place in a fact that somebody else wrote
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
