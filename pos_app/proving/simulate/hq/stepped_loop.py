"""An asyncio loop in simulated time that runs when it is told to, and never waits.

It has no sockets and no threads: what would run in one runs at once, in its place.
"""

import asyncio
from asyncio import base_events
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

Time = Callable[[], float]
LOOK_S: Final = 1e-9


class _NoSockets:
    """The place where a loop waits for its sockets: there are none, so it stops there."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop

    def select(self, timeout_s: float | None) -> list[Any]:
        if timeout_s is None or timeout_s > 0:
            self._stop()
        return []


class SteppedLoop(base_events.BaseEventLoop):
    """A loop whose time is handed in, in seconds."""

    def __init__(self, time: Time, thread_s: Callable[[], float]) -> None:
        """Begin; nothing runs before `settle`. ``thread_s`` says how long each thread takes."""
        super().__init__()
        self._time = time
        self._thread_s = thread_s
        self._last_s = 0.0
        self._selector = _NoSockets(self.stop)

    def time(self) -> float:
        """Give simulated time. To look takes a nanosecond: who waits for the rest of a rounding error gets on."""
        self._last_s = max(self._time(), self._last_s + LOOK_S)
        return self._last_s

    def settle(self) -> None:
        """Run until there is nothing to do at this moment."""
        self.run_forever()

    def next_timer_s(self) -> float | None:
        """Tell when something is to happen next by its own doing."""
        timers = [handle.when() for handle in self._timers() if not handle.cancelled()]
        return min(timers, default=None)

    def _timers(self) -> list[asyncio.TimerHandle]:
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]  # the base class keeps them there
        return timers

    def run_in_executor(self, executor: Any, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:  # type: ignore[override]  # noqa: ANN401 — the loop's own signature
        """Do at once what would be done in a thread; that it is done is heard when a thread would have done it."""
        del executor
        future = self.create_future()
        try:
            result = function(*arguments)
        except Exception as error:  # noqa: BLE001 — the future carries whatever was raised
            future.set_exception(error)
            return future
        wait_s = self._thread_s()
        if wait_s:
            self.call_later(wait_s, lambda: None if future.done() else future.set_result(result))
        else:
            future.set_result(result)
        return future

    def end(self) -> None:
        """Throw away what runs, and close."""
        tasks = asyncio.all_tasks(self)
        for task in tasks:
            task.cancel()
        with suppress(BaseException):
            self.settle()
        for task in tasks:
            if task.done() and not task.cancelled():
                task.exception()
        self.close()

    def _process_events(self, event_list: list[Any]) -> None:
        del event_list

    def _write_to_self(self) -> None:
        """Nobody calls from another thread."""
