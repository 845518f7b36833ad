"""`granary hq …`: serve a headquarters, and what its people do at a keyboard.

Runs without the counter: of `pos_app` only the domain is there. Texts are plain English for an operator's terminal.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec
from platformdirs import user_data_path

from pos_app.domain.errors import Breakdown, GranaryError, Refusal
from sync.hq.asking import DEFAULT_PORT, Door, apply_quarantined, dry_run, import_file, make_code, scan_prices
from sync.hq.certifying import MOST_DAYS, certify, find_tls
from sync.hq.clock import SystemClock
from sync.hq.dry_runs.report import report
from sync.hq.importing.mistakes import Mistake, mistakes_of
from sync.hq.life import note_restored
from sync.hq.running import Serving, serve_until_told
from sync.hq.settings import Settings
from sync.protocol.authority import in_groups

BAD_INPUT: Final = 2
FAILED: Final = 1
MAX_PORT: Final = 65535


def main(arguments: Sequence[str]) -> int:
    """Run a command; give its exit status: 0, 1 when something around it fails, 2 for bad input."""
    try:
        asked = _parser().parse_args(list(arguments))
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else BAD_INPUT
    command: Callable[[argparse.Namespace], None] = asked.command
    try:
        command(asked)
    except Refusal as refusal:
        _complain(refusal)
        return BAD_INPUT
    except Breakdown as trouble:
        _complain(trouble)
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    return 0


def _serve(asked: argparse.Namespace) -> None:
    tls = find_tls(asked.data, asked.certificate, asked.key)
    kept = Settings.embedded(asked.data, database_url=asked.database)
    settings = replace(kept, scan_hour=asked.scan_hour, tls=tls)
    serve_until_told(settings, Serving(asked.host, asked.port, until_eof=asked.until_eof, workers=asked.workers))


def _certify(asked: argparse.Namespace) -> None:
    made = certify(asked.data, asked.name, days=asked.days, now=SystemClock().now())
    sys.stdout.write(f"made: {made.certificate}, for {asked.days} days; `granary hq serve` takes it from now on\n")
    sys.stdout.write(f"the chain's authority is {in_groups(made.fingerprint)}; enrolment codes carry that\n")


def _restored(asked: argparse.Namespace) -> None:
    settings = Settings.embedded(asked.data, database_url=asked.database)
    incarnation = note_restored(settings, SystemClock())
    sys.stdout.write(f"noted: a backup was put back (incarnation {incarnation}). Registers send again what it lacks\n")


def _import(asked: argparse.Namespace) -> None:
    said = import_file(_door(asked), asked.file)
    for warning in said.warnings:
        sys.stderr.write(f"warning: {_line_of(warning)}\n")
    rows = ", ".join(f"{count} {name}" for name, count in said.rows.items()) or "nothing"
    sys.stdout.write(f"{asked.file.name}: {rows}; {said.published} documents published\n")


def _dry_run(asked: argparse.Namespace) -> None:
    def tell(baskets: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{baskets} baskets …")

    wanted = {"days": str(asked.days), "until": asked.until, "store": asked.store, "limit": str(asked.limit)}
    result = dry_run(_door(asked), asked.file, tell=tell, **wanted)
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    for warning in msgspec.convert(result["warnings"], list[Mistake]):
        sys.stderr.write(f"warning: {_line_of(warning)}\n")
    sys.stdout.writelines(f"{line}\n" for line in report(result))


def _apply_quarantined(asked: argparse.Namespace) -> None:
    said = apply_quarantined(_door(asked), asked.device)
    sys.stdout.write(f"{said.applied} quarantined facts applied, {said.left} left\n")


def _scan_prices(asked: argparse.Namespace) -> None:
    for line in scan_prices(_door(asked)):
        sys.stdout.write(f"{line}\n")


def _enrol_code(asked: argparse.Namespace) -> None:
    made = make_code(_door(asked), asked.store, asked.register)
    sys.stdout.write(f"{made.code}  for {made.device}, once, until {made.expires}\n")


def _door(asked: argparse.Namespace) -> Door:
    return Door.find(asked.hq, asked.token, asked.data)


def _complain(error: GranaryError) -> None:
    """Write a line for each thing that is wrong, in words."""
    mistakes = mistakes_of(error.details)
    for mistake in mistakes:
        sys.stderr.write(f"{_line_of(mistake)}\n")
    if mistakes:
        left = f" ({len(mistakes)} of them shown)" if error.details.get("count") != len(mistakes) else ""
        sys.stderr.write(f"{error.details['count']} mistakes{left}; nothing was imported\n")
        return
    saying = _SAYINGS.get(error.code)
    words = str(error) if saying is None else saying.format_map(_Told(error.details))
    sys.stderr.write(f"granary hq: {words}\n")


def _line_of(mistake: Mistake) -> str:
    where = ", ".join(filter(None, [f"row {mistake.row}" if mistake.row else "", mistake.column]))
    value = f" ({mistake.value})" if mistake.value else ""
    return f"{mistake.file}: {where}: {mistake.reason}{value}".replace(": : ", ": ")


@dataclass(frozen=True, slots=True)
class _Told(Mapping[str, object]):
    """Details as a text asks for them; what is not told is shown as a dash."""

    details: Mapping[str, object]

    def __getitem__(self, name: str) -> object:
        return self.details.get(name, "–")

    def __iter__(self) -> Iterator[str]:
        return iter(self.details)

    def __len__(self) -> int:
        return len(self.details)


_SAYINGS: Final[Mapping[str, str]] = {
    "hq_port": "cannot listen on {host} port {port}: {reason}. Is another one running? Try --port 0",
    "tls_half": "--certificate and --key go together",
    "tls_unusable": "the certificate {file} cannot be used: {reason}",
    "tls_days": "--days takes 1 to {most}",
    "tls_name": "--name {name} is neither a name nor an address that a certificate can carry",
    "hq_workers": "--workers takes 1 to {most}",
    "hq_workers_sqlite": "one process serves a SQLite file: name a PostgreSQL by --database, or leave --workers out",
    "hq_workers_died": "no worker came to answer; what it said stands above",
    "hq_folder": "cannot use the folder {folder}: {reason}",
    "hq_database_newer": "a newer release wrote this database (revision {revision}): install that release",
    "hq_database_foreign": "this database belongs to another program: name another one",
    "hq_database_damaged": "the database cannot be read ({reason}): restore it from a backup",
    "hq_database_unreachable": "the database cannot be reached: {reason}",
    "hq_database_url": "--database is no SQLAlchemy URL such as postgresql+asyncpg://user@host/name: {reason}",
    "hq_unreachable": "nobody answers at {address} ({reason}). Is `granary hq serve` running there?",
    "hq_stranger": "{address} answers, but is no headquarters (status {status})",
    "hq_address": "--hq {address} is no address such as http://127.0.0.1:8730",
    "admin_token": "the administrator's token is missing or wrong: give --token, or --data with headquarters' folder",
    "admin_token_short": "the token in {file} is too short: at least {least} characters",
    "file_unreadable": "cannot read {file}: {reason}",
    "file_kind_unknown": "{file} is neither CSV (*.csv) nor JSON",
    "nothing_to_try": "the file has no promotions",
    "request_malformed": "it was asked wrongly: {reason}",
    "day_unknown": "--until {day} is no day such as 2026-06-18",
    "store_unknown": "there is no store {store}",
    "register_number": "a register's number is 1 to {most}",
    "body_too_large": "the file is too large: at most {limit} bytes",
}


def _port(text: str) -> int:
    if not text.isdecimal() or int(text[:6]) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port: 0 to {MAX_PORT}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="granary hq", description="Headquarters: serve it, and tell it things.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="run a headquarters")
    serve.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    serve.add_argument("--port", type=_port, default=DEFAULT_PORT, help="0 takes any free one (%(default)s)")
    hours = range(24)
    serve.add_argument(
        "--scan-hour", type=int, choices=hours, default=20, metavar="HOUR", help="scan prices daily, UTC (%(default)s)"
    )
    serve.add_argument("--workers", type=int, default=1, metavar="COUNT", help="processes, on PostgreSQL (%(default)s)")
    serve.add_argument("--certificate", type=Path, metavar="FILE", help="guard the line by it (PEM, with its chain)")
    serve.add_argument("--key", type=Path, metavar="FILE", help="its key; without both: what `certify` made, if it did")
    serve.add_argument("--until-eof", action="store_true", help="end when the input ends: with who started it")
    serve.set_defaults(command=_serve)
    certified = commands.add_parser(
        "certify", help="make headquarters' certificate, by an authority of the chain's own"
    )
    certified.add_argument(
        "--name", action="append", default=[], metavar="NAME", help="by which registers reach it; again for another"
    )
    certified.add_argument("--days", type=int, default=MOST_DAYS, help="it is good for (%(default)s)")
    certified.set_defaults(command=_certify)
    restored = commands.add_parser("restored", help="say that a backup of the database was put back, before serving it")
    restored.set_defaults(command=_restored)
    for opening in (serve, restored):
        opening.add_argument("--database", metavar="URL", help="another database than SQLite in the folder")
    imported = commands.add_parser(
        "import", help="import prices, promotions or coupons (CSV, JSON), or a whole chain (JSON)"
    )
    imported.add_argument("file", type=Path)
    imported.set_defaults(command=_import)
    tried = commands.add_parser("dry-run", help="try promotions (CSV, JSON) on the last days' real baskets")
    tried.add_argument("file", type=Path)
    tried.add_argument("--days", type=int, default=14, help="business dates (%(default)s)")
    tried.add_argument("--until", default="", metavar="DATE", help="the last of them (today)")
    tried.add_argument("--store", default="", metavar="ID", help="of one store alone")
    tried.add_argument("--limit", type=int, default=20_000, help="the most baskets (%(default)s)")
    tried.set_defaults(command=_dry_run)
    scanned = commands.add_parser("scan-prices", help="hold listed and charged prices against the rules, now")
    scanned.set_defaults(command=_scan_prices)
    code = commands.add_parser("enrol-code", help="make a one-time code by which a register enrols")
    code.add_argument("--store", required=True, metavar="ID")
    code.add_argument("--register", type=int, metavar="NUMBER", help="without it: the store's next one")
    code.set_defaults(command=_enrol_code)
    quarantined = commands.add_parser("apply-quarantined", help="try facts again that could not be read when they came")
    quarantined.add_argument("--device", default="", metavar="NAME", help="one register's only")
    quarantined.set_defaults(command=_apply_quarantined)
    for asking in (imported, tried, scanned, code, quarantined):
        asking.add_argument("--hq", metavar="URL", help="its address, if not this machine's")
        asking.add_argument("--token", help="the administrator's; else $GRANARY_ADMIN_TOKEN, else the folder's")
    for each in (serve, certified, restored, imported, tried, scanned, code, quarantined):
        default = user_data_path("granary") / "hq"
        each.add_argument(
            "--data", type=Path, default=default, metavar="DIR", help="headquarters' folder (%(default)s)"
        )
    return parser
