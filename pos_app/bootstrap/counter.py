"""The register behind the window: fits `pos_app.ui.ports.Register`. Knows no Qt."""

import json
import subprocess
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import IO, Any

from pos_app.bootstrap.asked_line import AskedLine
from pos_app.bootstrap.line import enrol_register
from pos_app.bootstrap.paper import join_paper
from pos_app.bootstrap.payments import NOBODY, JoinedPayments, join_or_say_why
from pos_app.bootstrap.program import RESOURCES, VERSION, granary_command
from pos_app.bootstrap.register import OpenRegister, Surroundings, open_register
from pos_app.bootstrap.store_lan import Beside, StoreLan
from pos_app.devices.clock import SystemClock, TimedIds
from pos_app.domain.basket import Basket
from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.errors import Breakdown
from pos_app.domain.facts import Position
from pos_app.domain.ids import BasketId, DeviceId
from pos_app.domain.returned import KnownSale
from pos_app.domain.suspended_basket import SuspendedAt
from pos_app.services.changes import Changes, Kind
from pos_app.store.register_folder import RegisterFolder
from pos_app.ui.ports import (
    Changed,
    Identity,
    LanStatus,
    LineStatus,
    Notice,
    PrinterStatus,
    Renderings,
    SoldElsewhere,
    Trouble,
)
from sync.client.handle import Launch, Listener, SyncAgentHandle
from sync.client.network import ALONE, LanState, Network
from sync.client.report import EVERYTHING, OWN_CHAIN, Status
from sync.client.report import Changed as ChangedTopics
from sync.protocol.wire import parse_cursor

_KINDS = {
    "product": Kind.PRODUCT,
    "price": Kind.PRICE,
    "promotion": Kind.PRICE,
    "coupon_template": Kind.PRICE,
    "points": Kind.PRICE,
    "member": Kind.MEMBER,
    "coupon": Kind.MEMBER,
    "lease": Kind.MEMBER,
    "stock": Kind.STOCK,
    "operator": Kind.OPERATOR,
    OWN_CHAIN: Kind.CHAIN,
    "exception": Kind.EXCEPTION,
}

_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class ToldLine:
    """The line as the sync engine last told; down until it tells."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self._is_up = False

    def is_up(self) -> bool:
        """Tell whether headquarters answers."""
        return self._is_up

    def told(self, *, is_up: bool) -> None:
        """Hear it, on whatever thread."""
        self._is_up = is_up


class RegisterAtHand:
    """The register behind the window; fits `pos_app.ui.ports.Register`."""

    def __init__(
        self,
        folder: RegisterFolder,
        printer: str,
        agent: Sequence[str] = (),
        network: Network = ALONE,
        *,
        payments: str = NOBODY,
    ) -> None:
        """Stand ready; nothing is opened yet. ``agent`` is how to start another sync agent than ours (the bench's)."""
        self._folder = folder
        self._asked_payments = payments
        self._payments = JoinedPayments()
        self._agent_command = agent or (*granary_command(), "sync-agent", "--data", str(folder.path))
        beside = Beside(self._standing, self._peer_facts, self._sold_elsewhere, self._lan_told)
        self._lan = StoreLan(folder, network, beside)
        self._tell: Callable[[Notice], None] = lambda _: None
        self._clock: SystemClock | None = None
        self._agent: SyncAgentHandle | None = None
        self._open: OpenRegister | None = None
        self._log: IO[bytes] | None = None
        self._told_line = ToldLine()
        self._status: Status | None = None
        self._asked = AskedLine(folder)
        self._lan_status: LanStatus | None = None
        self._printer = PrinterStatus()
        self._line = LineStatus()
        self._paper = join_paper(folder, printer, RESOURCES / "receipts" / "zh_CN.toml", self._on_printer)

    @property
    def identity(self) -> Identity:
        """Which register this is, as of now."""
        known = self._folder.identity()
        if known is None:
            return Identity(VERSION)
        return Identity(
            version=VERSION,
            store=known.store,
            store_name=known.store_name,
            device=known.device,
            headquarters=known.headquarters,
            fingerprint=known.public_key[:16],
        )

    @property
    def renderings(self) -> Renderings:
        """How receipts look."""
        return self._paper.renderings

    def open(self) -> OpenRegister | None:
        """Open the register's files and start the sync agent; None when it is not enrolled yet."""
        identity = self._folder.identity()
        if identity is None:
            return None
        self._clock = SystemClock(identity.utc_offset_minutes)
        self._log = self._folder.open_log()
        launch = Launch(self._agent_command, log=self._log)
        self._agent = SyncAgentHandle(launch, Listener(self._on_status, self._on_changed))
        self._payments = join_or_say_why(self._folder, self._asked_payments, identity.store_name)
        around = Surroundings(
            *(self._clock, TimedIds(self._clock), self._paper, self._agent),
            *(self._agent.pull, self._told_line, self._paper, self._payments),
            holding=self._agent,
            beside=self._lan.pending_of,
        )
        self._open = open_register(self._folder, identity, around)
        self._agent.start()
        self._lan.open(identity)
        return self._open

    def enrol(self, address: str, code: str) -> Identity:
        """Enrol with a one-time code and fetch the first replica."""
        enrol_register(self._folder, address, code)
        return self.identity

    def listen(self, tell: Callable[[Notice], None]) -> None:
        """Begin to tell what happens."""
        self._tell = tell
        tell(LineStatus())
        tell(self._printer)

    def pull_now(self) -> None:
        """Ask the sync agent to push and pull at once."""
        if self._agent is not None:
            self._agent.pull()

    def fetch_again(self) -> None:
        """Ask the sync agent for a whole new replica."""
        if self._agent is not None:
            self._agent.fetch_again()

    def compare(self) -> None:
        """Ask the sync agent to hold the replica against headquarters."""
        if self._agent is not None:
            self._agent.compare()

    def elsewhere(self) -> Sequence[SuspendedAt]:
        """List the baskets that are suspended at the store's other registers."""
        return self._lan.elsewhere()

    def fetch_basket(self, wanted: SuspendedAt) -> Basket:
        """Have one handed over."""
        return self._lan.fetch(wanted)

    def done_with(self, basket: BasketId) -> None:
        """Say that a fetched basket is kept here, or not wanted."""
        self._lan.done_with(basket)

    def ask_sold(self, receipt: str) -> KnownSale:
        """Ask headquarters for a sale by its receipt."""
        return self._asked.sold(receipt)

    def ask_drawers(self) -> Sequence[StoreDrawer]:
        """Ask headquarters what the store's drawers hold."""
        return self._asked.drawers()

    def write_diagnostics(self, target: str) -> str:
        """Write the bundle into a folder, by another process, and tell its path."""
        from pos_app.bootstrap.diagnostics import check_target

        check_target(Path(target))
        command = (*granary_command(), "diagnostics", "--data", str(self._folder.path), "--to", target)
        line = json.dumps(line_figures(self._line))
        done = subprocess.run(  # noqa: S603 — the command line is our own
            [*command, "--line", line], capture_output=True, check=False, creationflags=_NO_WINDOW
        )
        told = (done.stderr if done.returncode else done.stdout).decode(errors="replace").strip().rpartition("\n")[2]
        if done.returncode:
            raise Breakdown("diagnostics_failed", reason=told)
        # Its name is ours; the folder may be in letters that a pipe does not carry everywhere.
        return str(Path(target) / Path(told).name)

    def print_test(self) -> None:
        """Print a test page."""
        self._paper.print_test()

    def close(self) -> None:
        """Stop the agent and the printer's queue, close the files."""
        if self._agent is not None:
            self._agent.stop()
        self._lan.close()
        self._asked.close()
        if self._log is not None:
            self._log.close()
        self._paper.close()
        self._payments.close()
        if self._open is not None:
            self._open.close()

    def _standing(self) -> tuple[bool, Position] | None:
        """Tell whether the line is up and what headquarters has; None before the sync agent told."""
        told = self._status
        return None if told is None else (told.online, Position(*told.acked))

    def _peer_facts(self) -> None:
        if self._agent is not None:
            self._agent.facts_waiting()

    def _sold_elsewhere(self, basket: BasketId, device: DeviceId) -> None:
        self._tell(SoldElsewhere(basket, device))

    def _lan_told(self, state: LanState) -> None:
        told = LanStatus(tuple(state.answering), state.discovered)
        if told != self._lan_status:
            self._lan_status = told
            self._tell(told)

    def _on_status(self, status: Status) -> None:
        if self._clock is None:
            raise AssertionError("an agent runs behind an open register")
        if status.offset_ms is not None:
            self._clock.correct(status.offset_ms)
        self._status = status
        self._told_line.told(is_up=status.online)
        self._line = line_status(status, self._clock.zone)
        self._tell(self._line)

    def _on_changed(self, changed: ChangedTopics) -> None:
        self._tell(Changed(kinds_of(changed.topics)))

    def _on_printer(self, status: PrinterStatus) -> None:
        self._printer = status
        self._tell(status)


def line_status(status: Status, zone: tzinfo) -> LineStatus:
    """Say what the sync engine said in the window's words, at the store's own hour."""

    def local(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text).astimezone(zone) if text else None

    at = local(status.trouble_at) or local(status.since) or datetime.fromtimestamp(0, zone)
    return LineStatus(
        online=status.online,
        since=local(status.since),
        waiting=status.waiting,
        prices_as_of=local(status.prices_as_of),
        heard_at=local(status.heard_at),
        pulled_at=local(status.prices_as_of),
        compared_at=local(status.compared_at),
        mended=status.mended,
        busy=status.busy,
        offset_ms=status.offset_ms,
        cursor=parse_cursor(status.cursor),
        acknowledged=":".join(map(str, status.acked)),
        trouble=None if status.trouble is None else Trouble(status.trouble, at, status.trouble_details),
    )


def line_figures(line: LineStatus) -> dict[str, Any]:
    """Say how the line stands in what can be nobody's: states, counts, moments, codes."""
    moments = ("since", "heard_at", "prices_as_of", "compared_at")
    told = {name: moment.isoformat() for name in moments if (moment := getattr(line, name)) is not None}
    trouble = line.trouble
    if trouble is not None:
        told |= {"trouble": trouble.code, "trouble_at": trouble.at.isoformat()}
    counts = {"waiting": line.waiting, "mended": line.mended, "offset_ms": line.offset_ms}
    return {"online": line.online, "busy": line.busy, "acknowledged": line.acknowledged, **counts, **told}


def kinds_of(topics: frozenset[str]) -> Changes:
    """Translate changed topics; those that no room knows are left out."""
    if EVERYTHING in topics:
        return frozenset(_KINDS.values())
    return frozenset(_KINDS[topic] for topic in topics if topic in _KINDS)
