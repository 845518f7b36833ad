"""The stage: a headquarters in a process of its own with the whole chain, and registers enrolled to it.

The chain is imported once for its sizes and kept in the bench's folder; each run works on a copy. Knows nothing of
what is measured.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from time import monotonic
from typing import Final

from pos_app.bootstrap.line import enrol_register, wired_sync
from pos_app.domain.errors import Breakdown
from pos_app.proving.bench import goods
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.sync import shop
from pos_app.proving.served_hq import ServedHq
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from sync.client.engine import SyncEngine

_FIRST_SNAPSHOT_S: Final = 600
"""Headquarters builds a store's first snapshot when the first register asks, which comes again until it is there."""
_MADE_BY: Final = (goods, shop)
"""What the chain follows from; with any of them changed it is imported anew."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A running headquarters and a place for registers."""

    hq: ServedHq
    data: Path
    """Headquarters' own folder."""
    folder: Path

    def register(self, name: str, store: str = shop.GOODS_STORE) -> RegisterFolder:
        """Enrol a register, its replica filled, in a folder of its own."""
        folder = RegisterFolder(self.folder / name)
        code, until_s = self.hq.enrolment_code(store), monotonic() + _FIRST_SNAPSHOT_S
        while True:
            try:
                enrol_register(folder, self.hq.address, code)
            except Breakdown:
                if monotonic() > until_s:
                    raise
            else:
                return folder


@contextmanager
def set_up(ground: Ground) -> Iterator[Stage]:
    """Set a stage up, and clear it in the end."""
    root = ground.root / "sync"
    kept = _imported(ground, root)
    folder = root / "run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder / "hq")
    with ServedHq(folder / "hq") as hq:
        yield Stage(hq, folder / "hq", folder)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def engine_of(folder: RegisterFolder) -> Iterator[SyncEngine]:
    """Open a register's own engine in this process."""
    with wired_sync(folder, identity_of(folder)) as wiring:
        yield SyncEngine(wiring)


def identity_of(folder: RegisterFolder) -> RegisterIdentity:
    """Tell who a register is."""
    identity = folder.identity()
    if identity is None:
        raise ValueError(f"{folder.path} is no register")
    return identity


def _imported(ground: Ground, root: Path) -> Path:
    """Give a headquarters' folder with the chain in it, which nobody else may change."""
    edition = blake2b(digest_size=6)
    for module in _MADE_BY:
        edition.update(Path(str(module.__file__)).read_bytes())
    kept = root / f"hq-{ground.products}-{ground.crowd.members}-{edition.hexdigest()}"
    if kept.exists():
        return kept
    ground.say(f"importing {ground.products:,} products and {ground.crowd.members:,} member cards (once)")
    for old in root.glob(f"hq-{ground.products}-{ground.crowd.members}-*"):
        shutil.rmtree(old)
    coming = root / "hq-coming"
    shutil.rmtree(coming, ignore_errors=True)
    with ServedHq(coming) as hq:
        for part in shop.chain(ground.products, ground.crowd.members):
            hq.import_chain(part)
    return coming.rename(kept)
