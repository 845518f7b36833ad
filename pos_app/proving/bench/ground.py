"""The ground that everything is measured on: an enrolled register's folder, its replica full of goods.

The replica is made once a count and kept in the bench's folder; each measure gets a copy of its own. Knows nothing of
what is measured.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from pos_app.proving.bench import goods
from pos_app.proving.bench.goods import DEVICE, STORE_ID, ZONE, Goods
from pos_app.store.journal.opening import Beginning, create_journal
from pos_app.store.journal.upgrading import bring_up_to_date
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from pos_app.store.replica.replica_store import ReplicaStore
from sync.client.enrolment import make_key
from sync.protocol import replica_derived, replica_rows, replica_schema, search_text
from sync.protocol.replica_rows import build_snapshot
from sync.protocol.signatures import public_hex, read_key

INCARNATION: Final = "bench"
HEADQUARTERS: Final = "http://127.0.0.1:9"
"""Nobody is there: the agent of the bench is handed a line of its own."""
UTC_OFFSET_MINUTES: Final = 480

_MADE_BY: Final = (goods, replica_derived, replica_rows, replica_schema, search_text)
"""What the file's content follows from; with any of them changed it is made anew."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many of what else than products; ``registers`` stand idle, ``sales`` wait at one register to be sent."""

    members: int = 1_000_000
    registers: int = 5_000
    sales: int = 3_000


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the bench works, and how many products there are."""

    root: Path
    products: int
    say: Callable[[str], object]
    beside_others: bool = True
    """Others' work may be installed into the bench's folder, to be measured beside ours."""
    by_processor: bool = False
    """Pricing counts the processors' time instead of the clock's: for a machine that others work on."""
    crowd: Crowd = Crowd()

    def register(self, name: str) -> RegisterFolder:
        """Make a register of its own under ``name``, freshly enrolled, with all goods; an older one goes."""
        snapshot = self._snapshot()
        path = self.root / name
        shutil.rmtree(path, ignore_errors=True)
        folder = RegisterFolder(path)
        folder.prepare()
        pem = make_key()
        folder.keep_key(pem)
        create_journal(folder.journal, Beginning(DEVICE), bring_up_to_date)
        coming = folder.spool / "snapshot.db"
        shutil.copyfile(snapshot, coming)
        store = ReplicaStore(folder.replica)
        try:
            store.install(coming)
        finally:
            store.close()
        folder.keep_identity(
            RegisterIdentity(
                device=DEVICE,
                store=STORE_ID,
                store_name="Bench",
                zone=ZONE,
                register=1,
                headquarters=HEADQUARTERS,
                utc_offset_minutes=UTC_OFFSET_MINUTES,
                epoch=1,
                public_key=public_hex(read_key(pem)),
            )
        )
        return folder

    def _snapshot(self) -> Path:
        path = self.root / f"goods-{self.products}-{_edition()}.db"
        if not path.exists():
            self.say(f"making a replica of {self.products:,} products (once)")
            for old in self.root.glob(f"goods-{self.products}-*.db"):
                old.unlink()
            coming = path.with_suffix(".coming")
            coming.unlink(missing_ok=True)
            all_goods = Goods()
            unreadable = build_snapshot(
                coming,
                all_goods.documents(self.products),
                cursor=all_goods.cursor(self.products),
                incarnation=INCARNATION,
            )
            if unreadable:
                raise AssertionError(f"the bench's own goods are unreadable: {unreadable[0]}")
            coming.replace(path)
        return path


def _edition() -> str:
    """Name the content by what it follows from."""
    digest = blake2b((Path(goods.__file__).parent / "words.toml").read_bytes(), digest_size=6)
    for module in _MADE_BY:
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()
