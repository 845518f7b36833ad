"""Work off the GUI thread: one thread, one queue, answers in the order of asking over the bridge.

The counter's verbs run on one `Tasks` (it owns the journal's connection); slow errands on another.
"""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from pos_app.domain.errors import GranaryError, Refusal
from pos_app.ui.runtime.bridge import Bridge

T = TypeVar("T")
Failed = Callable[[GranaryError], object]

QUEUE_LIMIT = 1000
"""More than any hand or scanner asks before the first answer: beyond it something hangs, and the person is told."""
STOP_LIMIT_S = 5


class Tasks:
    """A worker thread. Answers and failures come back on the GUI thread; a bug is raised there, for the last net."""

    def __init__(self, name: str, bridge: Bridge, failed: Failed) -> None:
        """Start the thread. ``failed`` hears of every failure that the asker does not take itself."""
        self._bridge = bridge
        self._failed = failed
        self.afterwards: Callable[[], object] = _nothing
        """Called on the worker behind each answer, while the window already shows it; may fail as a verb may."""
        self._waiting: SimpleQueue[Callable[[], Callable[[], object]] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(self, verb: Callable[[], T], then: Callable[[T], object], failed: Failed | None = None) -> None:
        """Call ``verb`` on the worker, then ``then`` with its answer, or ``failed``, on the GUI thread."""
        on_failure = failed or self._failed
        if self._waiting.qsize() >= QUEUE_LIMIT:
            on_failure(Refusal("counter_busy", waiting=QUEUE_LIMIT))
            return

        def work() -> Callable[[], object]:
            answer = verb()
            return lambda: then(answer)

        def work_that_may_fail() -> Callable[[], object]:
            try:
                return work()
            except GranaryError as error:
                failure = error
                return lambda: on_failure(failure)

        self._waiting.put(work_that_may_fail)

    @property
    def stopped(self) -> bool:
        """Whether the thread has ended."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Finish what was asked before, then end the thread."""
        self._waiting.put(None)
        self._thread.join(STOP_LIMIT_S)

    def _work(self) -> None:
        while (asked := self._waiting.get()) is not None:
            try:
                delivery = asked()
            except Exception as bug:  # noqa: BLE001 — the worker loop's edge: the thread must live, the GUI raises it
                delivery = _raising(bug)
            self._bridge.post(delivery)
            del delivery
            self._follow_up()

    def _follow_up(self) -> None:
        try:
            self.afterwards()
        except GranaryError as error:
            failure = error
            self._bridge.post(lambda: self._failed(failure))
        except Exception as bug:  # noqa: BLE001 — as above
            self._bridge.post(_raising(bug))


def _nothing() -> None:
    """Nothing follows."""


def _raising(bug: Exception) -> Callable[[], object]:
    def deliver() -> None:
        raise bug

    return deliver
