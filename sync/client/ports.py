"""What the sync engine needs of a register, matched by structure; `pos_app.bootstrap` joins them.

The journal is only read here. What headquarters acknowledges is noted in the replica.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from pos_app.domain.facts import ChainHead, Position
from sync.protocol.stream import Chunk, Standing, StoredFact


class FactSource(Protocol):
    """The journal, read-only."""

    def head(self) -> ChainHead:
        """Give the newest fact's place and hash."""
        ...

    def after(self, position: Position, limit: int) -> Sequence[StoredFact]:
        """List facts behind a position, in order, at most ``limit``."""
        ...


class ReplicaSink(Protocol):
    """Where what headquarters says is kept. One writer: the sync engine."""

    def standing(self) -> Standing:
        """Tell cursor and incarnation."""
        ...

    def apply(self, chunk: Chunk) -> frozenset[str]:
        """Apply a chunk and its cursor in one transaction (staged topics wait for ``more`` to end).

        Returns the topics that readers see changed. Raises ``ValueError`` when the chunk does not follow on from the
        cursor.
        """
        ...

    def install(self, snapshot: Path) -> None:
        """Check a downloaded replica file, make it the next numbered one, and name it current."""
        ...

    def acknowledged(self) -> Position:
        """Tell how far headquarters has this register's chain."""
        ...

    def acknowledge(self, position: Position, incarnation: str) -> None:
        """Note how far headquarters has the chain; it may step back after a restored backup."""
        ...
