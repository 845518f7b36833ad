"""Headquarters by several worker processes at one port: they share the database and nothing else.

The parent takes the port and minds its workers: one that dies is started again, after a rest that grows. When the
parent is told to end they end politely first, and when it dies they end with it. Knows nothing of what they answer.
"""

import multiprocessing
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from socket import socket
from threading import Event
from time import monotonic
from typing import Final

from pos_app.domain.errors import Breakdown, GranaryError, Refusal
from sync.hq.settings import Settings

MOST_WORKERS: Final = 64
GOODBYE_S: Final = 15.0
SETTLED_S: Final = 30.0
"""A worker that lived so long had no trouble starting."""
FIRST_REST_S: Final = 0.5
LONGEST_REST_S: Final = 30.0

Work = Callable[[Settings, socket, Connection], None]
"""A worker's whole life; it sends one word once it answers. A function of a module: it is imported anew."""


@dataclass(slots=True)
class _Worker:
    """One of them, as the parent holds it."""

    number: int
    process: SpawnProcess
    word: Connection
    begun_s: float
    failures: int = 0


def check_workers(settings: Settings, count: int) -> None:
    """Raise ``Refusal`` with ``hq_workers`` or ``hq_workers_sqlite``: one process writes a SQLite file."""
    if not 1 <= count <= MOST_WORKERS:
        raise Refusal("hq_workers", most=MOST_WORKERS)
    if count > 1 and settings.database_url.startswith("sqlite"):
        raise Refusal("hq_workers_sqlite")


class Workers:
    """Runs them."""

    def __init__(self, settings: Settings, listener: socket, work: Work) -> None:
        """Let each do ``work`` at ``listener``."""
        self._settings = settings
        self._listener = listener
        self._work = work
        self._ending = Event()
        self._context = multiprocessing.get_context("spawn")

    def end(self) -> None:
        """Say that it is enough. From any thread, or a signal's handler."""
        self._ending.set()

    def run(self, count: int, ready: Callable[[], None]) -> None:
        """Run so many until told to end; ``ready`` is called once the first answers.

        Raises ``Breakdown("hq_workers_died")`` when none ever does.
        """
        workers = [self._start(number) for number in range(count)]
        answered = False
        try:
            while not self._ending.is_set():
                answered = answered or self._first_word(workers, ready)
                workers = [self._minded(worker, answered=answered) for worker in workers]
                self._ending.wait(0.2)
        finally:
            _end_all(workers)

    def _first_word(self, workers: list[_Worker], ready: Callable[[], None]) -> bool:
        for word in wait([worker.word for worker in workers], 0):
            if isinstance(word, Connection) and word.poll():
                try:
                    word.recv()
                except EOFError:
                    continue
                ready()
                return True
        return False

    def _minded(self, worker: _Worker, *, answered: bool) -> _Worker:
        """Give a worker that lives: itself, or its successor."""
        if worker.process.is_alive():
            return worker
        if not answered:
            raise Breakdown("hq_workers_died", status=worker.process.exitcode)
        settled = monotonic() - worker.begun_s > SETTLED_S
        failures = 0 if settled else worker.failures + 1
        self._ending.wait(min(LONGEST_REST_S, FIRST_REST_S * 2.0 ** min(failures, 16)))
        return worker if self._ending.is_set() else self._start(worker.number, failures)

    def _start(self, number: int, failures: int = 0) -> _Worker:
        hears, says = self._context.Pipe(duplex=False)
        own = replace(self._settings, snapshots=f"snapshots-{number}")
        process = self._context.Process(
            target=_live, args=(self._work, own, self._listener, says), name=f"headquarters-{number}", daemon=True
        )
        process.start()
        says.close()
        return _Worker(number, process, hears, monotonic(), failures)


def _live(work: Work, settings: Settings, listener: socket, says: Connection) -> None:
    """Be a worker. Ctrl-C reaches the whole terminal; the parent decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work(settings, listener, says)
    except GranaryError as error:
        sys.stderr.write(f"granary hq: {error}\n")
        raise SystemExit(1) from error


def _end_all(workers: list[_Worker]) -> None:
    for worker in workers:
        if worker.process.is_alive():
            worker.process.terminate()
    for worker in workers:
        worker.process.join(GOODBYE_S)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.word.close()
