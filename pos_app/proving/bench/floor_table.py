"""The floor of painting: the row of a basket appended to a C++ model and painted by a plain table, with nothing behind.

The same words in the same font and row height, in a view of the same size, in a window of the same size. Knows no
basket, no price and no disk.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QFont, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from pos_app.ui.rooms.checkout.lines_view import COLUMNS, ROW_HEIGHT

_WIDTHS: Final = {"number": 44, "quantity": 96, "price": 124, "total": 116}


class FloorTable(QObject):
    """A window with a plain table. ``painted`` counts the paintings."""

    def __init__(self, room: QRect, size: QRect, font: QFont) -> None:
        super().__init__()
        self.painted = 0
        self.window = QWidget()
        self.window.setGeometry(size)
        self.model = QStandardItemModel(0, len(COLUMNS))
        self._table = QTableView(self.window)
        self._table.setGeometry(room)
        self._table.setFont(font)
        self._table.setModel(self.model)
        self._table.setWordWrap(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        goods = room.width() - sum(_WIDTHS.values())
        for column, name in enumerate(COLUMNS):
            self._table.setColumnWidth(column, _WIDTHS.get(name, goods))
        self._table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table.viewport().installEventFilter(self)

    def show(self) -> None:
        """Show the window."""
        self.window.show()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.model.rowCount()

    def append(self, items: Sequence[QStandardItem]) -> None:
        """Append a row and bring it into view."""
        self.model.appendRow(items)
        self._table.scrollToBottom()

    def keep(self, rows: int) -> None:
        """Remove all rows but the first."""
        self.model.removeRows(rows, self.model.rowCount() - rows)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 — Qt's virtual function
        """Count the paintings; nothing is held back."""
        if event.type() == QEvent.Type.Paint:
            self.painted += 1
        return False


def items_of(words: Sequence[str]) -> list[QStandardItem]:
    """Make a row's items."""
    return [QStandardItem(word) for word in words]
