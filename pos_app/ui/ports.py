"""What the window is handed, named by need and matched by structure; `pos_app.bootstrap` joins it.

`Register` is the one thing given to `pos_app.ui.application.run`. It knows no Qt. Which thread calls what:

- ``open``, and every verb of the ``Counter`` that it gives: the counter's one worker thread, in order. So the
  journal's and replica's connections may be made there.
- ``pay``, ``query``, ``reverse`` of the counter's ``paying``: the payments' thread; they take as long as a provider.
- ``enrol``, ``print_test``, ``renderings``, ``pull_now``, ``fetch_again``, ``compare``, ``write_diagnostics``,
  ``elsewhere``, ``fetch_basket``, ``ask_sold``, ``ask_drawers``: the errand thread; they may take seconds.
- ``listen`` and ``close``: the GUI thread; ``tell`` may be called back from any thread, at any time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from pos_app.domain.basket import Basket
from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.ids import BasketId, DeviceId
from pos_app.domain.receipt import Receipt
from pos_app.domain.returned import KnownSale
from pos_app.domain.shift_report import ShiftReport
from pos_app.domain.suspended_basket import SuspendedAt
from pos_app.services.advising import Advising
from pos_app.services.changes import Changes
from pos_app.services.exchanging import Exchanging
from pos_app.services.knowing import Knowing
from pos_app.services.looking_up import LookingUp
from pos_app.services.paying import Paying
from pos_app.services.receipts import Receipts
from pos_app.services.registering import Registering
from pos_app.services.remembering import Remembering
from pos_app.services.returning import Returning
from pos_app.services.returning_bare import BareReturns
from pos_app.services.reuniting import Reuniting
from pos_app.services.selling import Selling
from pos_app.services.shifts import Shifts
from pos_app.services.signing_in import SigningIn
from pos_app.services.upkeep import Upkeep
from pos_app.services.watching import Watching


@dataclass(frozen=True, slots=True)
class Identity:
    """Which register this is. All but the version are empty until it is enrolled."""

    version: str
    store: str = ""
    store_name: str = ""
    device: str = ""
    headquarters: str = ""
    """The address that it is enrolled at."""
    fingerprint: str = ""
    """The device key's, to compare with headquarters' page."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong last on the line: a Breakdown's code and details, and when."""

    code: str
    at: datetime
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineStatus:
    """The line to headquarters as last heard. Instants are corrected and carry the store's offset."""

    online: bool = False
    since: datetime | None = None
    """Since when it is as it is."""
    waiting: int = 0
    """Facts that headquarters has not acknowledged."""
    prices_as_of: datetime | None = None
    heard_at: datetime | None = None
    """When headquarters answered last, whatever it said."""
    pulled_at: datetime | None = None
    """When the replica stood at headquarters' newest."""
    compared_at: datetime | None = None
    """When the replica was last held against headquarters."""
    mended: int = 0
    """Documents that were not as they should be then."""
    busy: bool = False
    """A pull or snapshot is under way."""
    offset_ms: int | None = None
    """Headquarters' clock less this machine's."""
    cursor: Mapping[str, int] = field(default_factory=dict)
    """Scope to revision."""
    acknowledged: str = ""
    """The newest acknowledged fact's place, ``epoch:seq``."""
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """The receipt printer. ``queued`` receipts wait for it."""

    state: Literal["ready", "down", "none"] = "none"
    queued: int = 0
    code: str = ""
    """The Breakdown's code when it is down."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Kinds of thing that changed without the window asking (a pull was applied)."""

    kinds: Changes


@dataclass(frozen=True, slots=True)
class SoldElsewhere:
    """A basket that is open here was sold by another register of the store."""

    basket: BasketId
    device: DeviceId


@dataclass(frozen=True, slots=True)
class LanStatus:
    """The store's own network: which registers answered last, and whether others are found by multicast."""

    answering: tuple[str, ...] = ()
    discovered: Literal["off", "looking", "works", "silent"] = "off"


Notice = LineStatus | PrinterStatus | Changed | SoldElsewhere | LanStatus


class Renderings(Protocol):
    """How a receipt looks."""

    def text(self, receipt: Receipt) -> Sequence[str]:
        """Lay it out as lines of a fixed pitch, as the printer would."""
        ...

    def report_text(self, report: ShiftReport) -> Sequence[str]:
        """Lay a shift's report out as lines of a fixed pitch, as the printer would."""
        ...

    def picture(self, receipt: Receipt) -> bytes:
        """Draw it as a PNG."""
        ...


class Counter(Protocol):
    """The use cases of an enrolled register."""

    @property
    def selling(self) -> Selling:
        """The basket."""
        ...

    @property
    def paying(self) -> Paying:
        """The money for it; what asks a provider is called on the payments' thread."""
        ...

    @property
    def receipts(self) -> Receipts:
        """The sales as paper."""
        ...

    @property
    def returning(self) -> Returning:
        """What comes back of sales."""
        ...

    @property
    def bare_returns(self) -> BareReturns:
        """What comes back without a receipt."""
        ...

    @property
    def exchanging(self) -> Exchanging:
        """Goods that go in place of what came back."""
        ...

    @property
    def signing_in(self) -> SigningIn:
        """Who is at the register."""
        ...

    @property
    def advising(self) -> Advising:
        """Questions about the priced basket."""
        ...

    @property
    def knowing(self) -> Knowing:
        """Questions about members."""
        ...

    @property
    def remembering(self) -> Remembering:
        """What members bought."""
        ...

    @property
    def registering(self) -> Registering:
        """Who becomes a member."""
        ...

    @property
    def looking_up(self) -> LookingUp:
        """Questions about goods."""
        ...

    @property
    def reuniting(self) -> Reuniting:
        """How the register goes on where its chain and headquarters' have parted."""
        ...

    @property
    def watching(self) -> Watching:
        """What headquarters could not honour of this store's facts."""
        ...

    @property
    def shifts(self) -> Shifts:
        """The day at the drawer."""
        ...

    @property
    def upkeep(self) -> Upkeep:
        """What is seen to between sales, a step at a time."""
        ...

    def sync(self) -> None:
        """Bring to the disk what was answered ahead of it; called after each answer."""
        ...


class Register(Protocol):
    """Everything behind the window."""

    @property
    def identity(self) -> Identity:
        """Which register this is, as of now (cheap, any thread)."""
        ...

    @property
    def renderings(self) -> Renderings:
        """How receipts look."""
        ...

    def open(self) -> Counter | None:
        """Open the register's files; None when it is not enrolled yet. Raises ``Breakdown``."""
        ...

    def enrol(self, address: str, code: str) -> Identity:
        """Enrol with a one-time code and fetch the first snapshot; the window then calls ``open``.

        Raises ``Refusal`` (the code is wrong, used or too old; the address is malformed) or ``Breakdown``.
        """
        ...

    def listen(self, tell: Callable[[Notice], None]) -> None:
        """Begin to tell what happens; at once the newest ``LineStatus`` and ``PrinterStatus``."""
        ...

    def pull_now(self) -> None:
        """Ask the sync engine to push and pull without waiting for its turn."""
        ...

    def fetch_again(self) -> None:
        """Ask the sync engine for a whole new replica."""
        ...

    def compare(self) -> None:
        """Ask the sync engine to hold the replica against headquarters and mend what differs."""
        ...

    def elsewhere(self) -> Sequence[SuspendedAt]:
        """List the baskets that are suspended at the store's other registers, as last heard.

        Raises ``Breakdown`` where the store's network is not what it was set up to be.
        """
        ...

    def fetch_basket(self, wanted: SuspendedAt) -> Basket:
        """Have one handed over by the register that has it; it is nobody else's then. `done_with` ends it.

        Raises ``LineDown`` where that one cannot be reached, or the ``Refusal`` that it answers.
        """
        ...

    def done_with(self, basket: BasketId) -> None:
        """Say that a fetched basket is kept here, or not wanted (any thread)."""
        ...

    def ask_sold(self, receipt: str) -> KnownSale:
        """Ask headquarters for a sale by its receipt, with all that came back of it.

        Raises ``Refusal("receipt_unknown")``, or ``LineDown`` where no answer came within 1.5 s.
        """
        ...

    def ask_drawers(self) -> Sequence[StoreDrawer]:
        """Ask headquarters what the drawers of the store hold: each register's last shift and those of today.

        Raises ``LineDown`` where no answer came within 1.5 s.
        """
        ...

    def write_diagnostics(self, target: str) -> str:
        """Write a zip for who helps into a folder and tell its path; nothing in it is anybody's.

        Raises ``Refusal`` where there is no such folder, ``Breakdown`` where it cannot be written.
        """
        ...

    def print_test(self) -> None:
        """Print a test page; raise ``PrinterDown`` when it cannot be."""
        ...

    def close(self) -> None:
        """Stop what was started; the window is gone."""
        ...
