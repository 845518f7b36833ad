"""A register as `pos_app.bootstrap` joins it, on a real disk, with its sync engine in the same process: its disk can be
copied and put back, its line leads to any headquarters.
"""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pos_app.bootstrap.line import wired_sync
from pos_app.bootstrap.payments import JoinedPayments
from pos_app.bootstrap.register import OpenRegister, Surroundings, open_register, upgrade_journal
from pos_app.devices.clock import TimedIds
from pos_app.domain.holds import Hold
from pos_app.domain.ids import BasketId, DeviceId, OperatorId, Sku
from pos_app.domain.ledger import LedgerKey, stock_key
from pos_app.store.journal.opening import Beginning, create_journal
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from sync.client.engine import SyncEngine
from sync.client.line import SwitchableLine
from sync.protocol.signatures import public_hex, write_key
from tests.support.ports import HandClock, Tray
from tests.support.real_hq import Borrowed, RealHq

OPENS_AT = datetime(2026, 6, 18, 10, tzinfo=UTC)


@dataclass(slots=True)
class WholeRegister:
    """One register. While it is shut, `folder` may be copied and replaced."""

    folder: RegisterFolder
    hq: RealHq
    line: SwitchableLine = field(init=False)
    clock: HandClock = field(default_factory=lambda: HandClock(OPENS_AT))
    tray: Tray = field(default_factory=Tray)
    asked_again: int = 0
    payments: JoinedPayments = field(default_factory=JoinedPayments)
    """Who can be asked for money, from the next start on."""
    opened: OpenRegister = field(init=False)
    engine: SyncEngine = field(init=False)
    _open: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.line = SwitchableLine(Borrowed(self.hq))

    def start(self) -> None:
        """Switch it on."""
        identity = self.folder.identity()
        assert identity is not None
        self.opened = open_register(
            self.folder,
            identity,
            Surroundings(
                *(self.clock, TimedIds(self.clock), self.tray, self.tray, self._again, self),
                holding=self,
                payments=self.payments,
            ),
        )
        self._open.callback(self.opened.close)
        wiring = self._open.enter_context(wired_sync(self.folder, identity, self.line))
        self.engine = SyncEngine(wiring, breathe=lambda _: None)

    def is_up(self) -> bool:
        """Tell whether headquarters answers, as the agent would."""
        return self.line.up

    def ask_hold(self, hold: Hold, basket: BasketId, limit_ms: int) -> None:
        """Ask headquarters for a hold, as the agent does; nobody is waited for here."""
        del limit_ms
        self.engine.ask_hold(hold, basket)

    def stop(self) -> None:
        """Switch it off."""
        self._open.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def sell(self, code: str, pieces: int = 1) -> str:
        """Sell, for cash; give the receipt's number."""
        self.clock.turn(timedelta(minutes=1))
        self.opened.selling.scan(code, pieces)
        due = self.opened.selling.view().quote.payable
        return str(self.opened.selling.complete_with_cash(due, OperatorId("1001")).sale.receipt)

    def sync(self) -> None:
        """Push and pull all there is, and let the counter see to what came."""
        self.push_all()
        self.engine.pull_once()
        self.see_to_it()

    def push_all(self) -> None:
        while self.engine.push_once().more:
            pass

    def see_to_it(self) -> None:
        """Do what the counter does between sales."""
        self.opened.upkeep.all(1000)

    def on_hand(self, sku: str) -> int | None:
        """Read the stock as the screen shows it, in thousandths."""
        return self.seen(stock_key(Sku(sku)))

    def seen(self, key: LedgerKey) -> int | None:
        """Read an amount as the counter sees it; None where headquarters never spoke of it."""
        confirmed = self.opened.replica.confirmed(key)
        if confirmed is None:
            return None
        return confirmed.seen_by(self.opened.journal.device, self.opened.journal.pending_of(key))

    def copy_disk(self, target: Path) -> None:
        """Copy all files as they are; the register is switched off."""
        shutil.copytree(self.folder.path, target)

    def put_back(self, backup: Path, *only: str) -> None:
        """Replace the disk, or only some files of it, by an earlier copy."""
        for name in only or [path.name for path in backup.iterdir()]:
            for old in self.folder.path.glob(f"{name}*"):
                shutil.rmtree(old) if old.is_dir() else old.unlink()
            for kept in backup.glob(f"{name}*"):
                target = self.folder.path / kept.name
                shutil.copytree(kept, target) if kept.is_dir() else shutil.copy(kept, target)

    def _again(self) -> None:
        self.asked_again += 1


def enrolled(hq: RealHq, path: Path, store: str) -> WholeRegister:
    """Enrol a store's next register, and fetch its first replica."""
    signer = hq.enrol(store)
    folder = RegisterFolder(path)
    folder.prepare()
    folder.keep_key(write_key(signer.key))
    number = int(signer.device.rpartition("R")[2])
    folder.keep_identity(
        RegisterIdentity(
            device=signer.device,
            store=store,
            store_name="禾丰路店",
            zone="east",
            register=number,
            headquarters="http://hq.test",
            utc_offset_minutes=480,
            epoch=1,
            public_key=public_hex(signer.key),
        )
    )
    create_journal(folder.journal, Beginning(DeviceId(signer.device)), upgrade_journal)
    register = WholeRegister(folder, hq)
    register.start()
    register.engine.pull_once()
    return register
