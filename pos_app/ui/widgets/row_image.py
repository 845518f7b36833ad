"""A row painted ahead: how the current row will look once another is, made while nothing else is to be done.

A scan moves the mark from one row to the next, so two rows are painted for one line. Writing text is what that costs;
with the old row's picture at hand only the new one is written.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, QTimer
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

R = TypeVar("R")
_REST_MS = 20


class RowImage(Generic[R]):
    """Holds one picture. Rows are values: the same object looks the same, until `forget`."""

    def __init__(
        self,
        view: QWidget,
        subject: Callable[[], tuple[R, QSize] | None],
        paint: Callable[[QPainter, QRect, R], object],
    ) -> None:
        """Make pictures for a view. ``subject`` gives the row to paint and its size, ``paint`` paints it."""
        self._view = view
        self._subject = subject
        self._paint = paint
        self._of: R | None = None
        self._size = QSize()
        self._picture = QPixmap()
        self._rest = QTimer(view, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._make)

    def due(self) -> None:
        """Ask for a picture, made when events leave a rest."""
        self._rest.start()

    def forget(self) -> None:
        """Drop the picture: colours or words are others."""
        self._of = None

    def stands_for(self, row: R) -> bool:
        """Tell whether it is this row's picture."""
        return row is self._of

    def drawn(self, painter: QPainter, rect: QRect, row: R) -> bool:
        """Draw the row where this is its picture; tell whether it was."""
        if not self.stands_for(row) or self._size != rect.size():
            return False
        painter.drawPixmap(rect.topLeft(), self._picture)
        return True

    def _make(self) -> None:
        subject = self._subject()
        if subject is None:
            return
        row, size = subject
        if row is self._of and size == self._size:
            return
        ratio = self._view.devicePixelRatioF()
        if self._picture.size() != size * ratio:
            self._picture = QPixmap(size * ratio)
            self._picture.setDevicePixelRatio(ratio)
        painter = QPainter(self._picture)
        self._paint(painter, QRect(QPoint(0, 0), size), row)
        painter.end()
        self._of, self._size = row, size
