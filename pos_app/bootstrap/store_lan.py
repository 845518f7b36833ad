"""A register's end of the store's own network: joined where an address is given, nothing at all where none is.

The modules that seal what is said are loaded when it is opened: a register alone in its shop has no need of them. A
network that cannot be opened stops no sale; who asks for a neighbour's basket is told.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pos_app.domain.basket import Basket
from pos_app.domain.errors import Breakdown
from pos_app.domain.facts import ChainHead, Position
from pos_app.domain.ids import BasketId, DeviceId
from pos_app.domain.ledger import LedgerKey, PendingEntry
from pos_app.domain.suspended_basket import SuspendedAt
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from sync.client.network import LanState, Network

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from pos_app.store.journal.reading import JournalReader
    from pos_app.store.peers.shelf import PeerShelf
    from sync.client.lan import Speaker
    from sync.client.neighbours import Neighbours
    from sync.client.ports import Finding
    from sync.protocol.stream import StoredFact


@dataclass(frozen=True, slots=True)
class Beside:
    """What the register tells its neighbours' end, and hears of it (on any thread)."""

    line: Callable[[], tuple[bool, Position] | None] = lambda: None
    """Tells whether the own line is up, and how far headquarters has the chain; None where that is not known yet."""
    facts_taken: Callable[[], None] = lambda: None
    """Hears that a neighbour gave facts, which may be brought to headquarters."""
    sold_elsewhere: Callable[[BasketId, DeviceId], None] = lambda *_: None
    """Hears of a basket that is open here and was sold by another register."""
    state_told: Callable[[LanState], None] = lambda _: None
    """Hears, after each round, who answers and how neighbours are found."""


@dataclass(frozen=True, slots=True)
class OwnChain:
    """The register's chain, as it is given to neighbours."""

    device: str
    journal: "JournalReader"
    key: "Ed25519PrivateKey" = field(repr=False)
    standing: Callable[[], tuple[bool, Position] | None]

    def after(self, position: Position, limit: int) -> Sequence["StoredFact"]:
        """List facts behind a position."""
        return self.journal.after(position, limit)

    def sign(self, head: ChainHead) -> str:
        """Sign an end of the chain."""
        from sync.protocol.signatures import sign_head

        return sign_head(self.device, head, self.key)


class StoreLan:
    """The neighbours, if there are any."""

    def __init__(self, folder: RegisterFolder, network: Network, beside: Beside = Beside()) -> None:
        """Stand ready; `open` opens."""
        self._folder, self._network, self._beside = folder, network, beside
        self._neighbours: Neighbours | None = None
        self._peers: PeerShelf | None = None
        self._files = ExitStack()
        self._failed: Breakdown | None = None

    @property
    def port(self) -> int:
        """The port that is listened at; 0: none."""
        return 0 if self._neighbours is None else self._neighbours.port

    def open(self, identity: RegisterIdentity) -> None:
        """Listen to the neighbours and answer them. What hinders it is told to who asks for a basket."""
        if not self._network.listen or self._neighbours is not None:
            return
        with ExitStack() as files:
            try:
                self._neighbours = self._joined(identity, files)
            except Breakdown as error:
                self._failed = error
            else:
                self._files = files.pop_all()

    def elsewhere(self) -> Sequence[SuspendedAt]:
        """List the baskets that are suspended at the neighbours; raise ``Breakdown`` where they cannot be had."""
        if self._failed is not None:
            raise self._failed
        return () if self._neighbours is None else self._neighbours.elsewhere()

    def fetch(self, wanted: SuspendedAt) -> Basket:
        """Have a basket handed over; see `Neighbours.fetch`."""
        if self._neighbours is None:
            raise AssertionError("a basket elsewhere was listed by neighbours")
        return self._neighbours.fetch(wanted)

    def done_with(self, basket: BasketId) -> None:
        """Say that a fetched basket is kept here, or not wanted."""
        if self._neighbours is not None:
            self._neighbours.done_with(basket)

    def pending_of(self, key: LedgerKey) -> Mapping[DeviceId, Sequence[PendingEntry]]:
        """List what facts that neighbours gave change in an amount."""
        return {} if self._peers is None else self._peers.pending_of(key)

    def close(self) -> None:
        """Answer and listen no more."""
        if self._neighbours is not None:
            self._neighbours.close()
            self._neighbours, self._peers = None, None
            self._files.close()

    def _joined(self, identity: RegisterIdentity, files: ExitStack) -> "Neighbours":
        from pos_app.store.journal.passing import Passing
        from pos_app.store.journal.reading import JournalReader
        from pos_app.store.peers.shelf import PeerShelf
        from sync.client.neighbours import Me, Neighbours, Own
        from sync.protocol.signatures import read_key

        secret = self._folder.store_secret()
        if not secret:
            raise Breakdown("lan_without_secret")
        me = Me(DeviceId(identity.device), secret, self._folder.spool / "neighbours.json")
        baskets, journal = Passing(self._folder.journal), JournalReader(self._folder.journal)
        files.callback(baskets.close)
        files.callback(journal.close)
        peers = PeerShelf(self._folder.peers)
        files.callback(peers.close)
        beside = self._beside
        facts = OwnChain(identity.device, journal, read_key(self._folder.key() or b""), beside.line)
        find = _find if self._network.discover else None
        own = Own(baskets, facts, peers, beside.facts_taken, beside.sold_elsewhere, beside.state_told, find)
        neighbours = Neighbours(me, self._network, own)
        self._peers = peers
        return neighbours


def _find(speaker: "Speaker", host: str, port: int) -> "Finding":
    """Look for neighbours by multicast; loads what that takes, on the neighbours' own thread."""
    from sync.client.discovery import Discovery

    return Discovery(speaker, host, port)
