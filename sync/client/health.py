"""Whether the line is well, told honestly: never "online" while nothing is sent.

Knows nothing of the wire; it is told how each exchange of the two directions went, and when.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import Lock
from typing import Any, Final

from pos_app.domain.errors import GranaryError, LineTalksRubbish, Refusal

STALE_S = 70.0
"""A success older than a held question and its time-out no longer says that the line is up."""

NO_PROGRESS: Final = "push_no_progress"
JOURNAL_BEHIND: Final = "journal_behind_hq"
CLOCK_JUMPED: Final = "clock_jumped"
BROKEN: Final = "sync_engine_broken"
FORKED: Final = frozenset({"fork", "device_frozen"})
NEEDS_A_HAND: Final = frozenset(
    {"device_unknown", "device_revoked", *FORKED, "epoch_unknown", "wire_too_old", "hq_too_old", JOURNAL_BEHIND, BROKEN}
)
"""Troubles that do not heal by waiting. The engine goes on asking, slowly: a hand may have been at headquarters."""

JUMP_SHOWN_S = 600.0


class Direction(StrEnum):
    """The two halves of the line."""

    PUSH = "push"
    PULL = "pull"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, since when, and the facts of the case."""

    code: str
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Half:
    """One direction: how its last exchange went; None while there was none that counts."""

    went_well: bool | None = None
    trouble: Trouble | None = None


class Health:
    """The state of both halves. Any thread may tell and ask."""

    def __init__(self, now: datetime) -> None:
        """Begin offline: nothing was heard yet."""
        self._lock = Lock()
        self._halves = {direction: _Half() for direction in Direction}
        self._well_at_s: float | None = None
        self._jump: tuple[float, Trouble] | None = None
        self._online = False
        self._since = now
        self.heard_at: datetime | None = None

    def went_well(self, direction: Direction, now: datetime, steady_s: float) -> None:
        """Note that an exchange succeeded."""
        with self._lock:
            half = self._halves[direction]
            half.went_well, half.trouble = True, None
            self._well_at_s = steady_s
            self.heard_at = now

    def idle(self, direction: Direction) -> None:
        """Note that there was nothing to do: what failed before no longer matters, and nothing is proven."""
        with self._lock:
            half = self._halves[direction]
            if half.trouble:
                half.went_well, half.trouble = None, None

    def failed(self, direction: Direction, error: GranaryError, now: datetime) -> None:
        """Note that an exchange failed; a refusal was an answer all the same."""
        with self._lock:
            half = self._halves[direction]
            begun = half.trouble.at if half.trouble and half.trouble.code == error.code else now
            half.went_well, half.trouble = False, Trouble(error.code, begun, error.details)
            if isinstance(error, Refusal):
                self.heard_at = now

    def jumped(self, jump_ms: int, now: datetime, steady_s: float) -> None:
        """Note that a clock jumped; it is shown for a while."""
        with self._lock:
            self._jump = (steady_s, Trouble(CLOCK_JUMPED, now, {"jump_ms": jump_ms}))

    def judge(self, *, waiting: int, now: datetime, steady_s: float) -> tuple[bool, datetime]:
        """Tell whether the line is up, and since when that is so."""
        with self._lock:
            push, pull = self._halves[Direction.PUSH], self._halves[Direction.PULL]
            fresh = self._well_at_s is not None and steady_s - self._well_at_s <= STALE_S
            failing = push.went_well is False or pull.went_well is False
            untried = waiting > 0 and push.went_well is None
            online = fresh and not failing and not untried
            if online != self._online:
                self._online, self._since = online, now
            return self._online, self._since

    def trouble(self, steady_s: float) -> Trouble | None:
        """Name the worst: what needs a hand, then what hinders sending, then what hinders hearing, then clocks."""
        with self._lock:
            troubles = [half.trouble for half in self._halves.values() if half.trouble]
            if self._jump and steady_s - self._jump[0] <= JUMP_SHOWN_S:
                troubles.append(self._jump[1])
            by_hand = [trouble for trouble in troubles if trouble.code in NEEDS_A_HAND]
            return next(iter(by_hand + troubles), None)


def no_progress(acked: tuple[int, int]) -> LineTalksRubbish:
    """Build the error for a headquarters that takes facts and confirms none."""
    return LineTalksRubbish(NO_PROGRESS, acked=acked)
