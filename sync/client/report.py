"""What the sync engine tells the register: its status and what changed, as JSON lines between two processes.

Both sides of the pipe use this module, so it imports nothing but the standard library.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

EVERYTHING = "*"
"""The topic that stands for all: a snapshot was installed."""
OWN_CHAIN = "own_chain"
"""The topic of no document: where this register's chain and headquarters' part, or that they are one again."""


@dataclass(frozen=True, slots=True)
class Status:
    """The line to headquarters, honestly. Instants are ISO 8601 in corrected time, UTC."""

    online: bool
    """The last exchange succeeded, lately, and what waits is going through."""
    since: str
    """Since when ``online`` is as it is."""
    waiting: int
    """Facts that headquarters has not confirmed."""
    acked: tuple[int, int]
    """The (epoch, seq) up to which it has."""
    cursor: str
    """Where the replica stands: ``chain:120,store:S001:88``."""
    prices_as_of: str | None = None
    """Headquarters' time when the replica last held all it had; None: not known."""
    heard_at: str | None = None
    """When headquarters last answered, if only to refuse."""
    compared_at: str | None = None
    """Headquarters' time when the replica was last held against it, or fetched whole."""
    mended: int = 0
    """Documents that were not as they should be then."""
    busy: bool = False
    """A snapshot is being fetched, or more than one chunk applied."""
    offset_ms: int | None = None
    """Headquarters' clock less this machine's; None: not measured yet."""
    trouble: str | None = None
    """The code of what is wrong; some need a hand (`sync.client.health.NEEDS_A_HAND`)."""
    trouble_at: str | None = None
    trouble_details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """What readers of the replica now see differently. ``generation`` rises with each new replica file."""

    topics: frozenset[str]
    generation: int


@dataclass(frozen=True, slots=True)
class HoldAnswer:
    """What became of a question for a hold. Without a ``code`` it is granted; ``refused``: by headquarters."""

    hold: str
    code: str = ""
    refused: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)


Event = Status | Changed | HoldAnswer


def write_event(event: Event) -> bytes:
    """Write an event as a line."""
    if isinstance(event, Changed):
        document: dict[str, Any] = {
            "event": "changed",
            "topics": sorted(event.topics),
            "generation": event.generation,
        }
    else:
        document = {"event": "status" if isinstance(event, Status) else "hold", **asdict(event)}
    return json.dumps(document, ensure_ascii=False, default=str, separators=(",", ":")).encode() + b"\n"


def read_event(line: bytes) -> Event:
    """Read a line; raise ``ValueError`` when it is not an event."""
    document = json.loads(line)
    try:
        kind = document.pop("event")
        if kind == "changed":
            return Changed(frozenset(document["topics"]), document["generation"])
        if kind == "hold":
            return HoldAnswer(**document)
        if kind == "status":
            epoch, seq = document.pop("acked")
            return Status(acked=(epoch, seq), **document)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not an event: {line[:80]!r}") from error
    raise ValueError(f"not an event: {line[:80]!r}")


@dataclass(frozen=True, slots=True)
class Command:
    """What the register asks of the agent: ``push``, ``pull``, ``fetch_again``, ``compare``, ``stop``; or ``hold``,
    with its document and its basket.
    """

    do: str
    hold: Mapping[str, Any] = field(default_factory=dict)
    basket: str = ""


def write_command(command: Command) -> bytes:
    """Write a command as a line."""
    return json.dumps({name: value for name, value in asdict(command).items() if value}).encode() + b"\n"


def read_command(line: bytes) -> Command:
    """Read a command; raise ``ValueError`` when the line is none."""
    document = json.loads(line)
    try:
        command = Command(**document)
    except TypeError as error:
        raise ValueError(f"not a command: {line[:80]!r}") from error
    if not isinstance(command.do, str):
        raise ValueError(f"not a command: {line[:80]!r}")  # noqa: TRY004 — as any line that is none
    return command
