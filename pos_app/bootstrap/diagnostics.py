"""`granary diagnostics`: one zip that lets somebody far away see how a register stands, with nothing that is anybody's.

Versions, settings without secrets, how sync stands, counts, whether files and chain hold, the log's last lines. No
names, numbers of people, prices, keys or codes of any kind. Each part is made for itself, so that a register that is
half broken tells what it can. A process of its own: verifying a chain takes seconds, in which no scan should wait.
"""

import argparse
import io
import json
import os
import platform
import shutil
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pos_app.bootstrap.log_lines import last_lines
from pos_app.bootstrap.program import VERSION, default_folder
from pos_app.devices.clock import SystemClock
from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.facts import Position
from pos_app.store.atomic_file import write_whole
from pos_app.store.journal import file_format
from pos_app.store.journal.reading import JournalReader
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from pos_app.store.replica import figures
from sync.protocol.replica_schema import FORMAT
from sync.protocol.wire import WIRE_VERSION

NICE = 10
_CHOSEN = {"language": str, "theme": str, "lock_minutes": int}
"""What of the preferences is told, and of which type it is."""
_LONGEST_CHOICE = 16


def main(arguments: Sequence[str]) -> int:
    """`granary diagnostics`: write the bundle and say where it is."""
    parser = argparse.ArgumentParser(prog="granary diagnostics")
    parser.add_argument("--data", type=Path, default=default_folder(), help="the register's folder")
    parser.add_argument("--to", type=Path, default=Path.cwd(), help="the folder to write into (default: this one)")
    parser.add_argument("--line", default="{}", help="how the line stands, as JSON (the window says it)")
    asked = parser.parse_args(list(arguments))
    if hasattr(os, "nice"):
        os.nice(NICE)
    written = write_bundle(RegisterFolder(asked.data), asked.to, json.loads(asked.line))
    sys.stdout.write(f"{written}\n")
    return 0


def check_target(target: Path) -> None:
    """Refuse a folder that is none before anything is made."""
    if not target.is_dir():
        raise Refusal("diagnostics_folder", field="to", folder=str(target))


def write_bundle(folder: RegisterFolder, target: Path, line: Mapping[str, Any]) -> Path:
    """Write the bundle into a folder and give its path.

    Raises:
        Refusal: ``diagnostics_folder`` where there is no such folder, ``not_enrolled`` where no register ever was.
        Breakdown: It cannot be written.

    """
    check_target(target)
    if not folder.is_begun():
        raise Refusal("not_enrolled", folder=str(folder.path))
    identity = _identity(folder)
    now = SystemClock(0 if identity is None else identity.utc_offset_minutes).now()
    path = target / f"granary-{'register' if identity is None else identity.device}-{now:%Y%m%d-%H%M%S}.zip"
    write_whole(path, _packed(_parts(folder, identity, line, now), last_lines(folder.log)))
    return path


def _parts(
    folder: RegisterFolder, identity: RegisterIdentity | None, line: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    replica = _told(lambda: asdict(figures.figures_of(folder.replica)))
    acknowledged = replica.get("acknowledged", (0, 0))
    return {
        "about": _about(now),
        "register": {} if identity is None else _register(identity),
        "settings": _told(lambda: _settings(folder)),
        "line": line,
        "journal": _told(lambda: _journal(folder, Position(*acknowledged))),
        "replica": replica,
        "files": _told(lambda: _files(folder)),
    }


def _packed(parts: Mapping[str, Any], lines: Sequence[str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, part in parts.items():
            bundle.writestr(f"{name}.json", json.dumps(part, ensure_ascii=False, indent=2, default=str))
        bundle.writestr("log.jsonl", "".join(f"{line}\n" for line in lines))
    return packed.getvalue()


def _told(tell: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Make one part; where that fails, the failure is the part."""
    try:
        return tell()
    except GranaryError as error:
        places = {name: value for name, value in error.details.items() if isinstance(value, int)}
        return {"failed": error.code, **places}
    except (OSError, ValueError) as error:
        return {"failed": type(error).__name__}


def _about(now: datetime) -> dict[str, Any]:
    return {
        "made_at": now.isoformat(timespec="seconds"),
        "granary": VERSION,
        "wire": WIRE_VERSION,
        "journal_format": file_format.VERSION,
        "replica_format": FORMAT,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
        "frozen": bool(getattr(sys, "frozen", False)),
    }


def _identity(folder: RegisterFolder) -> RegisterIdentity | None:
    try:
        return folder.identity()
    except GranaryError:
        return None


def _register(identity: RegisterIdentity) -> dict[str, Any]:
    address = urlsplit(identity.headquarters)
    port = f":{address.port}" if address.port else ""
    return {
        "device": identity.device,
        "store": identity.store,
        "zone": identity.zone,
        "headquarters": f"{address.scheme}://{address.hostname or ''}{port}",
        "utc_offset_minutes": identity.utc_offset_minutes,
        "epoch": identity.epoch,
    }


def _settings(folder: RegisterFolder) -> dict[str, Any]:
    """Tell what was chosen; words of another kind than they should be are left out."""
    keymap = folder.preferences.with_name("keymap.json")
    try:
        chosen = json.loads(folder.preferences.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        chosen = {}
    known = chosen if isinstance(chosen, dict) else {}
    return {
        **{
            name: known[name]
            for name, kind in _CHOSEN.items()
            if type(known.get(name)) is kind and _is_short(known[name])
        },
        "own_keys": keymap.exists(),
    }


def _is_short(value: object) -> bool:
    return len(str(value)) <= _LONGEST_CHOICE


def _journal(folder: RegisterFolder, acknowledged: Position) -> dict[str, Any]:
    journal = JournalReader(folder.journal)
    try:
        head = journal.head()
        return {
            "head": [head.position.epoch, head.position.seq, head.hash.hex()],
            "waiting": journal.waiting(acknowledged),
            **asdict(journal.figures()),
            "chain": _told(lambda: {"facts": journal.verify().facts, "verified": True}),
        }
    finally:
        journal.close()


def _files(folder: RegisterFolder) -> dict[str, Any]:
    """Tell names and sizes of our own files; of papers only how many."""
    parts = [*folder.path.glob("*"), *folder.replica.glob("*"), *folder.spool.glob("*")]
    sizes = {str(part.relative_to(folder.path)): part.stat().st_size for part in sorted(parts) if part.is_file()}
    return {
        "bytes": sizes,
        "printouts": len(list(folder.printouts.glob("*"))),
        "free_bytes": shutil.disk_usage(folder.path).free,
    }
