"""Replicas: in the end each is what a fresh snapshot would be, to the last derived row."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from pos_app.proving.simulate.world import World
from pos_app.store.replica.numbered_files import NumberedFiles
from sync.hq.devices.directory import scopes_of
from sync.protocol.replica_rows import build_snapshot
from sync.protocol.wire import Change

_TABLES: Final = {
    # the rest of it is when this register heard
    "meta": "SELECT key, value FROM meta WHERE key IN ('incarnation', 'rules_cursor') ORDER BY key",
    "scope": "SELECT * FROM scope ORDER BY scope",
    "document": "SELECT * FROM document ORDER BY topic, key, scope",
    "staged": "SELECT * FROM staged",
    "barcode": "SELECT * FROM barcode ORDER BY lookup_key, sku, code, scope",
    "price": "SELECT * FROM price ORDER BY sku, id, scope",
    "member_code": "SELECT * FROM member_code ORDER BY code, member, scope",
    "product": "SELECT product.sku, scope, folded_name, folded_initials, folded_sku, product_text.name"
    " FROM product JOIN product_text ON product_text.rowid = number ORDER BY product.sku, scope",
}
Dump = dict[str, Sequence[tuple[Any, ...]]]


def replica_equals_hq(world: World) -> Iterator[str]:
    """Snapshot and changes, whatever they went through, are a fresh snapshot."""
    fresh: dict[tuple[str, ...], Dump] = {}
    for register in world.registers:
        identity = register.folder.identity()
        if identity is None:
            yield f"{register.name} never enrolled"
            continue
        scopes = scopes_of(identity.store, identity.zone)
        if scopes not in fresh:
            fresh[scopes] = _fresh(world, scopes)
        files = NumberedFiles(register.folder.replica)
        current = files.named().current
        if current is None:
            yield f"{register.name} has no replica"
            continue
        for table, rows in _dump(files.path(current)).items():
            if rows != fresh[scopes][table]:
                mine, theirs = set(rows), set(fresh[scopes][table])
                extra, lacking = sorted(mine - theirs)[:3], sorted(theirs - mine)[:3]
                yield f"{register.name}: {table}: it alone has {extra}, it lacks {lacking}"


def _fresh(world: World, scopes: Sequence[str]) -> Dump:
    marks = ",".join("?" * len(scopes))
    with world.hq.look() as database:
        (incarnation,) = database.execute("SELECT incarnation FROM headquarters").fetchone()
        revs = dict(database.execute(f"SELECT scope, rev FROM scope WHERE scope IN ({marks})", scopes).fetchall())  # noqa: S608 — marks only
        rows = database.execute(
            f"SELECT * FROM publication WHERE body IS NOT NULL AND scope IN ({marks}) ORDER BY scope, rev",  # noqa: S608 — marks only
            scopes,
        ).fetchall()
    changes = [
        Change(row["scope"], row["rev"], row["topic"], row["key"], msgspec.json.decode(row["body"])) for row in rows
    ]
    with TemporaryDirectory(dir=world.folder) as folder:
        path = Path(folder) / "fresh.db"
        build_snapshot(path, changes, cursor=dict.fromkeys(scopes, 0) | revs, incarnation=incarnation)
        return _dump(path)


def _dump(path: Path) -> Dump:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return {table: database.execute(question).fetchall() for table, question in _TABLES.items()}
