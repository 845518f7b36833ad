"""Ready-made replicas: one compressed SQLite file for each set of scopes, built in a thread, kept for whoever resumes.

The folder is expendable. Knows nothing of HTTP and of who asks.
"""

import asyncio
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from typing import Final

import msgspec
import zstandard
from sqlalchemy import or_, select

from sync.hq.db.database import AnyRow, Database, Reader
from sync.hq.db.schema import publication, scope
from sync.hq.life import incarnation_of
from sync.hq.publications.changes import revisions
from sync.protocol.compression import LEVEL
from sync.protocol.replica_rows import build_snapshot, extend_snapshot
from sync.protocol.wire import Change

KEPT_FILES: Final = 64
"""Files kept for those who resume a download, the newest of all."""

KEPT_PLAIN: Final = 16
"""Replicas kept as they are, to be extended: one for each set of scopes, those asked for last."""

SLOW_S: Final = 2.0
LITTLE_BEHIND: Final = 2000
"""A file that took longer than that to build is handed out while so few documents changed: who asks gives up and comes
again, and in a chain that sells the next file would be behind before it is built."""

_PIECE_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Ready:
    """A file to fetch. ``checksum`` is BLAKE2b-256 (hex) of its bytes as they lie there, compressed."""

    path: Path
    size_bytes: int
    checksum: str
    incarnation: str
    cursor: Mapping[str, int]
    built_in_s: float

    @property
    def etag(self) -> str:
        """The name under which a download is resumed."""
        return f'"{self.checksum}"'

    def serves(self, incarnation: str, cursor: Mapping[str, int]) -> bool:
        """Tell whether it will do for who wants the state at ``cursor``; changes bring the rest."""
        if self.incarnation != incarnation or self.cursor.keys() != cursor.keys():
            return False
        behind = sum(cursor[name] - rev for name, rev in self.cursor.items())
        return behind == 0 or (self.built_in_s > SLOW_S and behind <= LITTLE_BEHIND)


@dataclass(frozen=True, slots=True)
class _Plain:
    """A replica that is not compressed: the next file of the same scopes is made from it."""

    path: Path
    incarnation: str
    cursor: Mapping[str, int]


class Snapshots:
    """Builds and keeps them. All registers of a store, and all stores of the same scopes, share a file."""

    def __init__(self, database: Database, folder: Path) -> None:
        """Keep files in a folder, which is emptied now."""
        self._database = database
        self._folder = folder
        self._ready: dict[str, Ready] = {}
        self._plain: dict[tuple[str, ...], _Plain] = {}
        self._building = asyncio.Lock()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def kept(self, etag: str) -> Ready | None:
        """Find a file by the tag that a half-fetched one carries."""
        return self._ready.get(etag)

    async def of(self, scopes: Sequence[str]) -> Ready:
        """Give a file of these scopes, as they are now or were a little before."""
        async with self._building:
            async with self._database.read() as reader:
                incarnation, cursor = await incarnation_of(reader), await revisions(reader, scopes)
                for ready in reversed(self._ready.values()):
                    if ready.serves(incarnation, cursor):
                        return ready
                known = await self._usable(reader, _Plain(Path(), incarnation, cursor))
                rows = await _documents(reader, scopes, None if known is None else known.cursor)
            began_s = asyncio.get_running_loop().time()
            path, checksum = await asyncio.to_thread(self._build, rows, known, (incarnation, cursor))
            built_in_s = asyncio.get_running_loop().time() - began_s
            ready = Ready(path, path.stat().st_size, checksum, incarnation, cursor, built_in_s)
            self._keep(ready)
            return ready

    async def _usable(self, reader: Reader, wanted: _Plain) -> _Plain | None:
        """Find a replica of the same scopes that changes still lead on from."""
        known = self._plain.get(tuple(sorted(wanted.cursor)))
        if known is None or known.incarnation != wanted.incarnation:
            return None
        rows = await reader.rows(select(scope.c.scope, scope.c.oldest).where(scope.c.scope.in_(list(wanted.cursor))))
        oldest = {row.scope: row.oldest for row in rows}
        leads_on = (oldest.get(name, 0) <= rev <= wanted.cursor[name] for name, rev in known.cursor.items())
        return known if all(leads_on) else None

    def _build(
        self, rows: Sequence[AnyRow], known: _Plain | None, state: tuple[str, Mapping[str, int]]
    ) -> tuple[Path, str]:
        plain = self._make_plain(rows, known, state)
        with TemporaryDirectory(dir=self._folder) as making:
            packed = Path(making) / "replica.zst"
            with plain.open("rb") as source, packed.open("wb") as target:
                zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).copy_stream(
                    source, target, size=plain.stat().st_size
                )
            checksum = _checksum(packed)
            return packed.rename(self._folder / f"{checksum}.zst"), checksum

    def _make_plain(self, rows: Sequence[AnyRow], known: _Plain | None, state: tuple[str, Mapping[str, int]]) -> Path:
        """Extend the replica that is there, or build one. What fails half-way is not used again."""
        incarnation, cursor = state
        name = tuple(sorted(cursor))
        before = self._plain.pop(name, None)
        if known is None:
            if before is not None:
                before.path.unlink(missing_ok=True)
            handle, text = mkstemp(dir=self._folder, suffix=".db")
            os.close(handle)
            path = Path(text)
            build_snapshot(path, _changes(rows), cursor=cursor, incarnation=incarnation)
        else:
            path = known.path
            extend_snapshot(path, _changes(rows), cursor)
        self._plain[name] = _Plain(path, incarnation, cursor)
        while len(self._plain) > KEPT_PLAIN:
            self._plain.pop(next(iter(self._plain))).path.unlink(missing_ok=True)
        return path

    def _keep(self, ready: Ready) -> None:
        self._ready.pop(ready.etag, None)
        self._ready[ready.etag] = ready
        while len(self._ready) > KEPT_FILES:
            oldest = self._ready.pop(next(iter(self._ready)))
            oldest.path.unlink(missing_ok=True)


async def _documents(reader: Reader, scopes: Sequence[str], after: Mapping[str, int] | None) -> Sequence[AnyRow]:
    """Read all that stands in scopes, or what has changed behind a cursor, tombstones too."""
    in_order = select(publication).order_by(publication.c.scope, publication.c.rev)
    if after is None:
        return await reader.rows(in_order.where(publication.c.scope.in_(scopes), publication.c.body.is_not(None)))
    behind = [(publication.c.scope == name) & (publication.c.rev > rev) for name, rev in after.items()]
    return await reader.rows(in_order.where(or_(*behind)))


def _changes(rows: Sequence[AnyRow]) -> Iterator[Change]:
    for row in rows:
        if row.body is None:
            yield Change(row.scope, row.rev, row.topic, row.key, deleted=True)
        else:
            yield Change(row.scope, row.rev, row.topic, row.key, msgspec.json.decode(row.body))


def _checksum(path: Path) -> str:
    digest = blake2b(digest_size=32)
    with path.open("rb") as packed:
        while piece := packed.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()
