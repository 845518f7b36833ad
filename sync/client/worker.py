"""A thread that does one thing again and again, rests after failures, and survives our own bugs.

Knows nothing of the line: a step says whether there is more to do at once, and errors say how long to rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from threading import Event, Thread

import structlog

from pos_app.domain.errors import Breakdown, FileDamaged, FileTooNew, GranaryError
from sync.client.backoff import Backoff

HAND_S = 60.0
"""How long to rest when only a hand can help, or our own code broke."""


@dataclass(frozen=True, slots=True)
class Duties:
    """What a worker does: ``step`` returns whether to go on at once; the rest is told what came of it."""

    step: Callable[[], bool]
    done: Callable[[], None]
    """After each step, well or not."""
    recovered: Callable[[], None]
    """After the first that went well behind failures."""
    broke: Callable[[Exception], None]
    """Our own code failed."""


class Worker:
    """One loop on one daemon thread."""

    def __init__(self, name: str, duties: Duties, random: Random) -> None:
        """Stand ready; `start` begins."""
        self._duties = duties
        self._backoff = Backoff(random)
        self._log = structlog.get_logger().bind(worker=name)
        self._woken = Event()
        self._hurried = Event()
        self._stopped = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to do. Many calls are one; a rest after a failure is not cut short."""
        self._woken.set()

    def hurry(self) -> None:
        """Cut a rest short: the line has come back."""
        self._hurried.set()

    def stop(self) -> None:
        """End after the step that is under way."""
        self._stopped.set()
        self._hurried.set()
        self._woken.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.wait()
            self._woken.clear()
            while not self._stopped.is_set() and self._step():
                pass

    def _step(self) -> bool:
        """Do one step; tell whether to go on at once (after a rest, where it failed)."""
        rest_s, again = 0.0, True
        try:
            again = self._duties.step()
            if self._backoff.failures:
                self._backoff.went_well()
                self._log.info("line_is_back")
                self._duties.recovered()
        except (FileTooNew, FileDamaged) as error:
            # Asking again soon would fetch the same file again: another release is needed, here or there.
            self._log.warning("file_refused", code=error.code)
            rest_s = self._hand_s()
        except Breakdown as error:
            asked_s = error.details.get("retry_after_s")
            rest_s = self._backoff.failed_s(asked_s if isinstance(asked_s, float) else None)
            self._log.info("failed", code=error.code, rest_s=round(rest_s, 1))
            self._hurried.clear()
            if asked_s is not None:
                self._tell_and_rest(rest_s, self._stopped)
                return True
        except GranaryError as error:
            self._log.warning("needs_a_hand", code=error.code)
            rest_s = self._hand_s()
        except Exception as error:  # noqa: BLE001 — an edge: the worker's loop outlives our bugs and says so
            self._log.exception("broke")
            self._duties.broke(error)
            rest_s = self._hand_s()
        self._tell_and_rest(rest_s, self._hurried)
        return again

    def _hand_s(self) -> float:
        self._backoff.failed_s()
        self._hurried.clear()
        return HAND_S

    def _tell_and_rest(self, rest_s: float, until: Event) -> None:
        try:
            self._duties.done()
        except Exception:  # noqa: BLE001 — the same edge
            self._log.exception("not_told")
        if rest_s:
            until.wait(rest_s)
