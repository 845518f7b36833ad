"""The queue before the printer: a sale puts its receipt and goes on; one thread prints, tries again, and tells of it.

What it promises: receipts come out in order; an original comes out at most once (what may be on paper already is
printed again as a copy, and that once); a drawer opens only for a sale just made; nothing here blocks or fails a sale.
Receipts that wait when the program ends are not kept: they are in the journal and can be printed again.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, replace
from threading import Condition, Thread
from time import monotonic
from typing import Protocol

from pos_app.devices.printer.ports import JobInDoubt, PrinterPort
from pos_app.domain.errors import PrinterDown
from pos_app.domain.receipt import Receipt

WAITING_LIMIT = 100
"""Beyond it the oldest are skipped: nobody wants a morning's receipts at noon, and all can be printed again."""
ASK_LIMIT = 8
"""Test pages and drawer pulses that wait; a person who presses more often has been answered already."""
CLOSE_WAIT_S = 3.0


@dataclass(frozen=True, slots=True)
class PrinterState:
    """How it stands. ``code`` is the Breakdown's when it is down; ``skipped`` receipts were given up."""

    ready: bool
    waiting: int = 0
    code: str = ""
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the worker waits: before it tries again, and between looks at an idle printer."""

    retry_s: float = 3.0
    idle_s: float = 30.0
    kick_within_s: float = 10.0
    """A drawer that springs open longer after the sale, with nobody before it, is a loss."""


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears of the printer, on its thread: ``state`` of each change, ``bug`` of what must not happen."""

    state: Callable[[PrinterState], object]
    bug: Callable[[Exception], object]


class Compose(Protocol):
    """How a receipt becomes a job."""

    def __call__(self, receipt: Receipt, *, kick: bool) -> bytes:
        """Encode it, with a pulse for the drawer or without."""
        ...


class Slip(Protocol):
    """How what waits becomes a job."""

    def __call__(self, *, copy: bool, kick: bool) -> bytes:
        """Encode it, marked as a copy or not, with a pulse for the drawer or without."""
        ...


@dataclass(slots=True)
class _Waiting:
    """A receipt or a report in the queue. ``doubted`` once it may be on paper."""

    slip: Slip
    since: float
    copy: bool
    cash: bool
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """Bytes that somebody waits for; tried once."""

    job: bytes
    outcome: Future[None]


class PrinterQueue:
    """One printer's queue and its thread. ``put`` may be called from any thread."""

    def __init__(self, port: PrinterPort, compose: Compose, ears: Ears, pace: Pace | None = None) -> None:
        """Start the thread; it looks at the printer at once."""
        self._port = port
        self._compose = compose
        self._ears = ears
        self._pace = pace or Pace()
        self._changed = Condition()
        self._receipts: deque[_Waiting] = deque()
        self._asked: deque[_Asked] = deque()
        self._news = False
        self._closing = False
        self._skipped = 0
        self._told: PrinterState | None = None
        self._thread = Thread(target=self._work, name="printer", daemon=True)
        self._thread.start()

    def put(self, receipt: Receipt) -> None:
        """Queue a receipt."""

        def slip(*, copy: bool, kick: bool) -> bytes:
            return self._compose(replace(receipt, copy=copy), kick=kick)

        self._put(_Waiting(slip, monotonic(), receipt.copy, paid_in_cash(receipt)))

    def put_report(self, report: Callable[[bool], bytes], *, copy: bool) -> None:
        """Queue a report, given as what makes a job of it, marked as a copy or not; the drawer stays shut."""

        def slip(*, copy: bool, kick: bool) -> bytes:
            del kick
            return report(copy)

        self._put(_Waiting(slip, monotonic(), copy, cash=False))

    def _put(self, waiting: _Waiting) -> None:
        with self._changed:
            self._receipts.append(waiting)
            while len(self._receipts) > WAITING_LIMIT:
                self._receipts.popleft()
                self._skipped += 1
            self._wake()

    def ask(self, job: bytes) -> Future[None]:
        """Print bytes before all receipts, once; the future holds ``PrinterDown`` when that cannot be."""
        outcome: Future[None] = Future()
        with self._changed:
            if self._closing or len(self._asked) >= ASK_LIMIT:
                outcome.set_exception(PrinterDown("printer_busy"))
            else:
                self._asked.append(_Asked(job, outcome))
                self._wake()
        return outcome

    def print_now(self, job: bytes, wait_s: float = 20.0) -> None:
        """Print bytes and wait for it; raise ``PrinterDown`` when it cannot be."""
        try:
            self.ask(job).result(wait_s)
        except FutureTimeoutError as error:
            raise PrinterDown("printer_busy") from error

    def close(self, wait_s: float = CLOSE_WAIT_S) -> None:
        """Print what waits as long as the printer takes it, then end the thread."""
        with self._changed:
            self._closing = True
            self._wake()
        self._thread.join(wait_s)

    def _wake(self) -> None:
        self._news = True
        self._changed.notify()

    def _work(self) -> None:
        trouble = self._step()
        while not self._rest(trouble):
            trouble = self._step()

    def _rest(self, trouble: str) -> bool:
        """Wait until there is something to do; tell whether to end."""
        with self._changed:
            if self._closing and (trouble or not (self._receipts or self._asked)):
                self._refuse_asked()
                return True
            wait_s = self._pace.retry_s if trouble else self._pace.idle_s
            if not self._news and (trouble or not (self._receipts or self._asked)):
                self._changed.wait(wait_s)
            self._news = False
        return False

    def _step(self) -> str:
        """Do the next thing, tell how it stands, and give the code of the trouble that was met."""
        task = self._next()
        try:
            self._do(task)
            code = ""
        except PrinterDown as error:
            code = error.code
        except Exception as bug:  # noqa: BLE001 — the worker loop's edge: one bad receipt must not stop all others
            self._ears.bug(bug)
            self._give_up(task)
            code = "printer_failed"
        self._tell(code)
        return code

    def _next(self) -> _Asked | _Waiting | None:
        with self._changed:
            if self._asked:
                return self._asked.popleft()
            return self._receipts[0] if self._receipts else None

    def _do(self, task: _Asked | _Waiting | None) -> None:
        if isinstance(task, _Asked):
            self._answer(task)
        elif task is not None:
            self._print(task)
        else:
            self._port.check()

    def _answer(self, asked: _Asked) -> None:
        try:
            self._port.deliver(asked.job)
        except PrinterDown as error:
            asked.outcome.set_exception(error)
            raise
        asked.outcome.set_result(None)

    def _print(self, waiting: _Waiting) -> None:
        copy = waiting.copy or waiting.doubted
        fresh = not copy and monotonic() - waiting.since <= self._pace.kick_within_s
        try:
            self._port.deliver(waiting.slip(copy=copy, kick=fresh and waiting.cash))
        except JobInDoubt:
            if waiting.doubted:
                self._give_up(waiting)
            waiting.doubted = True
            raise
        self._done_with(waiting)

    def _give_up(self, task: _Asked | _Waiting | None) -> None:
        if isinstance(task, _Asked):
            task.outcome.set_exception(PrinterDown("printer_failed"))
        elif task is not None:
            with self._changed:
                self._skipped += self._done_with(task)

    def _done_with(self, waiting: _Waiting) -> bool:
        """Take it off the queue; it may have been skipped meanwhile."""
        with self._changed:
            first = bool(self._receipts) and self._receipts[0] is waiting
            if first:
                self._receipts.popleft()
            return first

    def _refuse_asked(self) -> None:
        while self._asked:
            self._asked.popleft().outcome.set_exception(PrinterDown("printer_busy"))

    def _tell(self, code: str) -> None:
        with self._changed:
            state = PrinterState(not code, len(self._receipts), code, self._skipped)
        if state != self._told:
            self._told = state
            self._ears.state(state)


def paid_in_cash(receipt: Receipt) -> bool:
    """Tell whether the drawer is needed."""
    return any(kind == "cash" for kind, *_ in receipt.tenders)
