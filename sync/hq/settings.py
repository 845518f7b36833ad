"""What the operator of a headquarters sets: where it keeps things, and the administrator's token."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from pos_app.domain.errors import Breakdown, Refusal
from sync.hq.certifying import Tls
from sync.protocol.wire import MAX_CHUNK_DOCUMENTS

TOKEN_FILE: Final = "admin.token"  # noqa: S105 — a file name
MIN_TOKEN_CHARACTERS: Final = 16


@dataclass(frozen=True, slots=True)
class PinCost:
    """How much work argon2 makes of one guess of a PIN."""

    time_cost: int = 3
    memory_kib: int = 64 * 1024
    parallelism: int = 4


@dataclass(frozen=True, slots=True)
class WebhookPace:
    """How long a webhook's target may take to answer; how long it rests after its first failure, and at most."""

    answer_s: float = 10.0
    first_rest_s: float = 2.0
    most_rest_s: float = 3600.0

    def rest_s(self, failures: int) -> float:
        """Say how long a target rests after so many failures in a row: twice as long each time."""
        return min(self.first_rest_s * float(2 ** min(failures - 1, 20)), self.most_rest_s)


@dataclass(frozen=True, slots=True)
class Settings:
    """A headquarters. ``folder`` holds what is its own on this machine: snapshots, and with SQLite the database."""

    database_url: str
    folder: Path
    admin_token: str = field(repr=False)
    pin_cost: PinCost = PinCost()
    webhook_pace: WebhookPace = WebhookPace()
    scan_hour: int | None = None
    """The hour, in UTC, at which prices are scanned every day; None: when somebody asks for it."""
    jobs: bool = True
    """What is done by the clock is done; a proof does it by hand (`sync.hq.jobs.JOBS`)."""
    chunk_documents: int = MAX_CHUNK_DOCUMENTS
    """How many documents a register gets at a time; a proof takes fewer, so that few are many."""
    most_batches: int = 48
    """Batches of facts under way at a time; past that registers are sent away for a while."""
    most_waiting: int = 64
    """Registers that wait for a snapshot to be built at a time."""
    tls: Tls | None = None
    """By what the line is guarded; None: plain, for this machine alone or behind a gateway that guards it."""
    snapshots: str = "snapshots"
    """The folder of ready-made snapshots within ours; each worker process has its own."""

    @classmethod
    def embedded(cls, folder: Path, *, database_url: str | None = None, pin_cost: PinCost | None = None) -> Self:
        """Keep everything in one folder; the token is made at the first start, readable by its owner alone.

        Raises:
            Breakdown: ``hq_folder`` when the folder cannot be used.
            Refusal: ``admin_token_short`` when somebody wrote a token that is easily guessed.

        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            token = read_token(folder) or _make_token(folder)
        except OSError as error:
            raise Breakdown("hq_folder", folder=str(folder), reason=error.strerror) from error
        if len(token) < MIN_TOKEN_CHARACTERS:
            raise Refusal("admin_token_short", file=str(folder / TOKEN_FILE), least=MIN_TOKEN_CHARACTERS)
        url = database_url or f"sqlite+aiosqlite:///{(folder / 'hq.db').absolute()}"
        return cls(url, folder, token, pin_cost or PinCost())


def read_token(folder: Path) -> str:
    """Read the administrator's token of a headquarters on this machine, empty when there is none."""
    try:
        return (folder / TOKEN_FILE).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _make_token(folder: Path) -> str:
    token = secrets.token_urlsafe(32)
    # Made with its rights, not given them afterwards: no moment at which others could read it.
    with os.fdopen(os.open(folder / TOKEN_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(token + "\n")
    return token
