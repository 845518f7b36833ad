"""A register's end of the store's own network: joined where an address is given, nothing at all where none is.

The modules that seal what is said are loaded when it is opened: a register alone in its shop has no need of them. A
network that cannot be opened stops no sale; who asks for a neighbour's basket is told.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pos_app.domain.basket import Basket
from pos_app.domain.errors import Breakdown
from pos_app.domain.ids import BasketId, DeviceId
from pos_app.domain.suspended_basket import SuspendedAt
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from sync.client.network import Network

if TYPE_CHECKING:
    from sync.client.neighbours import Neighbours


class StoreLan:
    """The neighbours, if there are any."""

    def __init__(
        self,
        folder: RegisterFolder,
        network: Network,
        sold_elsewhere: Callable[[BasketId, DeviceId], None] = lambda *_: None,
    ) -> None:
        """Stand ready; `open` opens. ``sold_elsewhere`` hears of a basket open here that another register sold."""
        self._folder, self._network, self._sold_elsewhere = folder, network, sold_elsewhere
        self._neighbours: Neighbours | None = None
        self._failed: Breakdown | None = None

    @property
    def port(self) -> int:
        """The port that is listened at; 0: none."""
        return 0 if self._neighbours is None else self._neighbours.port

    def open(self, identity: RegisterIdentity) -> None:
        """Listen to the neighbours and answer them. What hinders it is told to who asks for a basket."""
        if not self._network.listen or self._neighbours is not None:
            return
        try:
            self._neighbours = self._joined(identity)
        except Breakdown as error:
            self._failed = error

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

    def close(self) -> None:
        """Answer and listen no more."""
        if self._neighbours is not None:
            self._neighbours.close()
            self._neighbours = None

    def _joined(self, identity: RegisterIdentity) -> "Neighbours":
        from pos_app.store.journal.passing import Passing
        from sync.client.neighbours import Me, Neighbours

        secret = self._folder.store_secret()
        if not secret:
            raise Breakdown("lan_without_secret")
        me = Me(DeviceId(identity.device), secret, self._folder.spool / "neighbours.json")
        own = Passing(self._folder.journal)
        try:
            return Neighbours(me, self._network, own, sold_elsewhere=self._sold_elsewhere)
        except BaseException:
            own.close()
            raise
