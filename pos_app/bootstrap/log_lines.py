"""The last lines of the sync engine's log, with what is known to be nobody's: events, codes, counts, where code failed.

A log should hold nothing personal; here nothing passes that is not known. What a value said is left out, whoever wrote
it there.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

LAST_LINES: Final = 500
_LAST_BYTES: Final = 512 * 1024
_NAME = re.compile(r"[a-z][a-z0-9_.:-]{0,63}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[0-9.]*(Z|[+-]\d\d:\d\d)")
_PLACE = re.compile(r"\d{1,6}:\d{1,12}")
_LARGE: Final = 10**9
_FRAME = re.compile(r'File "(?P<path>[^"]+)", line (?P<line>\d+), in (?P<function>[\w.<>]+)')
_RAISED = re.compile(r"(?P<error>[A-Za-z_][\w.]*(?:Error|Exception|Down|Rubbish|Damaged|Full|Refusal|Breakdown))\b")
_TOLD: Final = frozenset(
    {
        "acked", "code", "documents", "event", "exception", "exceptions", "failures", "kind", "level", "mended", "more",
        "rest_s", "sent", "snapshot", "timestamp", "topics", "worker",
    }
)  # fmt: skip
"""The words that the sync engine logs under; another may hold anything."""
_ROOMS = ("pos_app", "sync", "site-packages", "lib")


def last_lines(log: Path) -> list[str]:
    """Give the last lines, each as JSON; none where there is no log."""
    found: list[str] = []
    for path in (log.with_suffix(".log.1"), log):
        if path.exists():
            found += [json.dumps(each) for each in _plain(_tail(path).splitlines())]
    return found[-LAST_LINES:]


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LAST_BYTES))
        return file.read().decode("utf-8", errors="replace")


def _plain(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if isinstance(event, dict):
            yield {name: plain for name, value in event.items() if (plain := _value(name, value)) is not None}
        elif told := [*_frames(line), *_raised(line)]:
            yield {"text": told}


def _value(name: str, value: object) -> object:
    """Let a value pass that cannot be anybody's; a long number could be a phone's."""
    if name not in _TOLD:
        return None
    if name == "exception":
        return [*_frames(str(value)), *_raised(str(value).rpartition("\n")[2])]
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str) and _NAME.fullmatch(each)]
    if isinstance(value, str):
        return value if any(shape.fullmatch(value) for shape in (_NAME, _INSTANT, _PLACE)) else None
    return value if isinstance(value, int | float) and abs(value) < _LARGE else None


def _frames(text: str) -> Iterator[str]:
    """Say where code stood, by our own paths: those of a machine may name its owner."""
    for frame in _FRAME.finditer(text):
        parts = re.split(r"[/\\]", frame["path"])
        at = next((place for place, part in enumerate(parts) if part in _ROOMS), len(parts) - 1)
        yield f"{'/'.join(parts[at:])}:{frame['line']} {frame['function']}"


def _raised(line: str) -> Iterator[str]:
    found = _RAISED.match(line)
    if found:
        yield found["error"]
