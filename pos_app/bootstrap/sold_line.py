"""Asking headquarters for a sale by its receipt, within the time that a customer is made to wait.

It is asked seldom, so the line is made at the first question: only then does the window's process load httpx, on the
errands' thread. An answer that comes too late is nobody's.
"""

from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from pos_app.domain.errors import Breakdown, GranaryError, LineDown
from pos_app.domain.returned import KnownSale
from pos_app.store.register_folder import RegisterFolder

if TYPE_CHECKING:
    from sync.client.transport import HqLine

LIMIT_S: Final = 1.5


class SoldLine:
    """A line of its own, kept from question to question. Used from the errands' thread only."""

    def __init__(self, folder: RegisterFolder, limit_s: float = LIMIT_S) -> None:
        """Stand ready; nothing is opened yet."""
        self._folder = folder
        self._limit_s = limit_s
        self._line: HqLine | None = None

    def ask(self, receipt: str) -> KnownSale:
        """Ask, and wait no longer than the limit; raise ``Refusal``, or ``LineDown`` where no answer came by then."""
        from sync.client.sold import ask_sold

        line, answers = self._opened(), SimpleQueue[KnownSale | GranaryError]()

        def ask() -> None:
            try:
                answers.put(ask_sold(line, receipt))
            except GranaryError as error:
                answers.put(error)

        Thread(target=ask, name="sold", daemon=True).start()
        try:
            answer = answers.get(timeout=self._limit_s)
        except Empty as error:
            raise LineDown("sold_unanswered", limit_s=self._limit_s) from error
        if isinstance(answer, GranaryError):
            raise answer
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()

    def _opened(self) -> "HqLine":
        if self._line is None:
            from pos_app.bootstrap.line import open_line

            identity = self._folder.identity()
            if identity is None:
                raise Breakdown("line_down")
            self._line = open_line(self._folder, identity)
        return self._line
