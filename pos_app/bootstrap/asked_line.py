"""Asking headquarters for what a person waits for, within the time that they are made to wait: a sale by its receipt,
the store's drawers.

It is asked seldom, so the line is made at the first question: only then does the window's process load httpx, on the
errands' thread. An answer that comes too late is nobody's.
"""

from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.errors import Breakdown, GranaryError, LineDown
from pos_app.domain.returned import KnownSale
from pos_app.store.register_folder import RegisterFolder

if TYPE_CHECKING:
    from sync.client.transport import HqLine

LIMIT_S: Final = 1.5
T = TypeVar("T")


class AskedLine:
    """A line of its own, kept from question to question. Used from the errands' thread only.

    Each question raises ``Refusal``, or ``LineDown`` where no answer came within the limit.
    """

    def __init__(self, folder: RegisterFolder, limit_s: float = LIMIT_S) -> None:
        """Stand ready; nothing is opened yet."""
        self._folder = folder
        self._limit_s = limit_s
        self._line: HqLine | None = None

    def sold(self, receipt: str) -> KnownSale:
        """Ask for a sale by its receipt."""
        from sync.client.sold import ask_sold

        return self._within(lambda line: ask_sold(line, receipt), "sold_unanswered")

    def drawers(self) -> Sequence[StoreDrawer]:
        """Ask what the store's drawers hold."""
        from sync.client.drawers import ask_drawers

        return self._within(ask_drawers, "drawers_unanswered")

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()

    def _within(self, question: "Callable[[HqLine], T]", unanswered: str) -> T:
        """Ask, and wait no longer than the limit."""
        line, answers = self._opened(), SimpleQueue[Callable[[], T]]()

        def ask() -> None:
            try:
                found = question(line)
            except GranaryError as error:
                answers.put(_raising(error))
            else:
                answers.put(lambda: found)

        Thread(target=ask, name="asking", daemon=True).start()
        try:
            answer = answers.get(timeout=self._limit_s)
        except Empty as error:
            raise LineDown(unanswered, limit_s=self._limit_s) from error
        return answer()

    def _opened(self) -> "HqLine":
        if self._line is None:
            from pos_app.bootstrap.line import open_line

            identity = self._folder.identity()
            if identity is None:
                raise Breakdown("line_down")
            self._line = open_line(self._folder, identity)
        return self._line


def _raising(error: GranaryError) -> Callable[[], NoReturn]:
    def answer() -> NoReturn:
        raise error

    return answer
