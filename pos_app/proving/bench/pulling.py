"""A pull that runs while something is measured: the register's own sync agent, with all of its engine but the socket.

Run as a module it is that agent: `python -m pos_app.proving.bench.pulling FOLDER PRODUCTS`. Knows nothing of what is
measured.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Condition
from time import monotonic
from types import TracebackType
from typing import Final, NoReturn, Self

from pos_app.bootstrap.line import wired_sync
from pos_app.proving.bench.child import module
from pos_app.proving.bench.publisher import NeverDry
from pos_app.store.register_folder import RegisterFolder
from sync.client.agent import serve
from sync.client.handle import Launch, Listener, SyncAgentHandle
from sync.client.report import Changed, Status
from sync.protocol.wire import parse_cursor

_FIRST_S: Final = 60


def launch(folder: RegisterFolder, products: int) -> Launch:
    """Tell how the agent of the bench is started."""
    return Launch(module("pulling", str(folder.path), str(products)))


class Pull:
    """A running pull, and how much it brings."""

    def __init__(self, folder: RegisterFolder, products: int) -> None:
        """Stand ready; it runs inside a ``with``."""
        self._log = (folder.path / "agent.log").open("ab")
        listener = Listener(status=self._heard, changed=self._changed)
        self._handle = SyncAgentHandle(replace(launch(folder, products), log=self._log), listener)
        self._news = Condition()
        self._documents = 0
        self._changes = 0
        self._begun = (0.0, 0)

    def __enter__(self) -> Self:
        """Start it and wait until the first documents are in the replica."""
        self._handle.start()
        with self._news:
            if not self._news.wait_for(lambda: self._changes > 0 and self._documents > 0, _FIRST_S):
                raise AssertionError("the sync agent of the bench brings nothing")
            self._begun = (monotonic(), self._documents)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self._handle.stop()
        self._log.close()

    @property
    def documents_a_second(self) -> int:
        """How many documents it brought in a second, since it began."""
        begun_s, documents = self._begun
        return int((self._documents - documents) / max(monotonic() - begun_s, 0.001))

    def facts_waiting(self) -> None:
        """Pass on that a fact was appended: the agent sends it up meanwhile."""
        self._handle.facts_waiting()

    def _heard(self, status: Status) -> None:
        with self._news:
            self._documents = sum(parse_cursor(status.cursor).values())
            self._news.notify_all()

    def _changed(self, _changed: Changed) -> None:
        with self._news:
            self._changes += 1
            self._news.notify_all()


def main(arguments: Sequence[str]) -> NoReturn:
    """Be the agent."""
    path, products = arguments
    folder = RegisterFolder(Path(path))
    identity = folder.identity()
    if identity is None:
        raise SystemExit(f"{path} is no register")
    with wired_sync(folder, identity, NeverDry(int(products))) as wiring:
        serve(wiring)


if __name__ == "__main__":
    main(sys.argv[1:])
