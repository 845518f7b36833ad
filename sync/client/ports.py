"""What the sync engine needs of a register, matched by structure; `pos_app.bootstrap` joins them.

The journal is only read here. What headquarters acknowledges is noted in the replica.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pos_app.domain.basket import Basket
from pos_app.domain.branches import Parting
from pos_app.domain.facts import ChainHead, Position
from pos_app.domain.ids import BasketId, DeviceId
from pos_app.domain.suspended_basket import Ended, Listed, SuspendedBasket
from sync.client.network import Discovered
from sync.protocol.stream import Acknowledged, Chunk, Given, Standing, StoredFact
from sync.protocol.wire import Change


class FactSource(Protocol):
    """The journal, read-only."""

    def head(self) -> ChainHead:
        """Give the newest fact's place and hash."""
        ...

    def after(self, position: Position, limit: int) -> Sequence[StoredFact]:
        """List facts behind a position, in order, at most ``limit``."""
        ...

    def hash_at(self, position: Position) -> bytes | None:
        """Give the hash of the fact in a place; None where there is none."""
        ...

    def back_from(self, position: Position, count: int) -> Position:
        """Give the place so many facts before another; where there are fewer, of the last that is not here any more."""
        ...


class OwnBaskets(Protocol):
    """What is suspended at this register, as its neighbours may have it. Used from several threads."""

    def listed(self) -> Sequence[Listed]:
        """List what is suspended here, and what was passed and by whom it is had, the newest first."""
        ...

    def in_hand(self) -> Sequence[BasketId]:
        """Tell which baskets are open here, with goods in them."""
        ...

    def whole(self, basket: BasketId, register: str) -> SuspendedBasket | None:
        """Give a basket that a register may have, and leave it where it is; None where it is not to be had."""
        ...

    def pass_to(self, basket: BasketId, register: str, *, known: int) -> SuspendedBasket:
        """Make a basket another register's, which knows of so many hand-overs of it; durable when this returns.

        Raises ``Refusal`` where it is not to be had, ``basket_unknown_there`` where no newer one than those was here.
        """
        ...

    def known(self, basket: BasketId) -> int:
        """Tell of how many hand-overs of a basket this register knows."""
        ...

    def taken_back(self, basket: BasketId) -> Basket | None:
        """Give a basket that was passed and never arrived, as the next hand-over; None where it was not passed."""
        ...

    def is_here(self, basket: BasketId) -> bool:
        """Tell whether a basket is in hand or suspended here."""
        ...

    def ended(self, baskets: Collection[BasketId]) -> Ended:
        """Tell which of some baskets were sold here, and which thrown away."""
        ...

    def forget(self, ended: Ended) -> None:
        """Let go of baskets that were sold elsewhere, and of those given away that were thrown away there."""
        ...


class OwnFacts(Protocol):
    """This register's chain, as it is given to neighbours."""

    def standing(self) -> tuple[bool, Position] | None:
        """Tell whether the own line is up, and how far headquarters has the chain; None where that is not known yet."""
        ...

    def after(self, position: Position, limit: int) -> Sequence[StoredFact]:
        """List facts behind a position, in order, at most ``limit``."""
        ...

    def sign(self, head: ChainHead) -> str:
        """Sign an end of the chain (``Granary-Head``)."""
        ...


class PeerFacts(Protocol):
    """Where what neighbours give is kept. Used from several threads."""

    def kept(self, device: DeviceId) -> Position:
        """Tell how far a register's facts were given."""
        ...

    def keep(self, given: Given) -> Position:
        """Keep what follows on; tell how far a register's facts are here now.

        Raises ``Refusal("peer_chain_parted")`` where other facts are kept in the same places.
        """
        ...


class Finding(Protocol):
    """Looks for the store's other registers on the network."""

    @property
    def state(self) -> Discovered:
        """Tell whether any can be found this way."""
        ...

    def addresses(self) -> Mapping[str, str]:
        """Tell the registers that were found, and their ``host:port``; whose they are shows when asked."""
        ...

    def close(self) -> None:
        """Look no more."""
        ...


class GivenFacts(Protocol):
    """The same, for who brings them to headquarters."""

    def owners(self) -> Mapping[str, Position]:
        """Tell whose facts there are, and how far each says that headquarters has them."""
        ...

    def next_of(self, device: str, after: Position) -> Given | None:
        """Give a register's next facts behind a place, up to an end that it signed; None where there is none."""
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

    def digests(self, standing: Standing, scope: str, moved: frozenset[tuple[str, str]]) -> Mapping[str, bytes] | None:
        """Digest a scope's documents by topic, but for those (topic, key) that moved; None if it stands elsewhere."""
        ...

    def mend(
        self, standing: Standing, place: tuple[str, str, Sequence[int]], documents: Sequence[Change]
    ) -> int | None:
        """Let some buckets of a scope and topic hold these documents; tell how many changed, None as `digests`."""
        ...

    def parting(self) -> Parting | None:
        """Tell where the register's chain and headquarters' have parted, None where they are one."""
        ...

    def keep_parting(self, parting: Parting, lost: Sequence[StoredFact], acknowledged: Acknowledged) -> None:
        """Note that they have, with the facts that headquarters has behind that, and what it acknowledges so."""
        ...

    def drop_parting(self) -> None:
        """Forget it: the register goes on in an epoch of its own."""
        ...
