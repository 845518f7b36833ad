"""What passes between a register's files and its sync engine: facts as stored, pieces of the stream of changes.

`sync.client` and `pos_app.store` do not know each other; this is the language they share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pos_app.domain.facts import Fact, Position
from pos_app.domain.ids import DeviceId
from sync.protocol.wire import Change


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as it lies in the journal: the bytes that were hashed, never encoded again."""

    position: Position
    canonical: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """Facts of a register that it gave to another one of its store, up to an end that it signed (``Granary-Head``)."""

    device: DeviceId
    acked: Position
    """How far headquarters has its chain, as it knows."""
    signed: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """How far headquarters has a register's chain, and in which of its lives it said so."""

    position: Position
    incarnation: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A verified piece of the stream of changes: it is applied on ``after`` only, whole, together with ``cursor``."""

    after: Mapping[str, int]
    cursor: Mapping[str, int]
    incarnation: str
    changes: Sequence[Change]
    more: bool
    time: str = ""
    """Headquarters' time when it was said (ISO 8601); empty: not known."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the replica stands."""

    cursor: Mapping[str, int] = field(default_factory=dict)
    incarnation: str = ""
