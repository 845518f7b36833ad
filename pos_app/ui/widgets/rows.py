"""A list of equal rows, each painted in one go, and the model it reads.

Why not a `QTableView`: it repaints its whole viewport for every inserted row, and calls into Python once a cell for
each. Here an inserted or changed row repaints itself alone, and what is already painted is moved, not drawn again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QRegion, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QScroller, QScrollerProperties

from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets.row_image import RowImage

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_NONE = QModelIndex()
SCROLL_BAR_WIDTH = 10
"""Kept free at the right, bar or no bar, so that columns stand where their captions are."""


class RowsModel(QAbstractTableModel, Generic[R]):
    """Rows of one kind. The view reads them as they are; ``data`` answers accessibility and tests with their words."""

    def __init__(self, columns: int, words: Callable[[R, int], str]) -> None:
        """Take how many columns a row has, and the words of each."""
        super().__init__()
        self._columns = columns
        self._words = words
        self.rows: list[R] = []

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, _parent: Index = _NONE) -> int:
        return self._columns

    def data(self, index: Index, role: int = _DISPLAY) -> Any:  # noqa: ANN401 — Qt's own signature
        if role in (_DISPLAY, _ACCESSIBLE) and index.isValid():
            return self._words(self.rows[index.row()], index.column())
        return None

    def replace(self, rows: Sequence[R]) -> None:
        """Show other rows, and tell the view no more than what differs."""
        grown = len(rows) - len(self.rows)
        if grown == 1:
            self._insert_last(rows)
        elif grown == -1:
            self._remove_one(rows)
        elif grown == 0:
            self._change(rows)
        else:
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()

    def _insert_last(self, rows: Sequence[R]) -> None:
        self._change(rows[:-1])
        self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows))
        self.rows = list(rows)
        self.endInsertRows()

    def _remove_one(self, rows: Sequence[R]) -> None:
        gone = next((row for row, new in enumerate(rows) if new != self.rows[row]), len(rows))
        self.beginRemoveRows(QModelIndex(), gone, gone)
        del self.rows[gone]
        self.endRemoveRows()
        self._change(rows)

    def _change(self, rows: Sequence[R]) -> None:
        for row, new in enumerate(rows):
            if new is not self.rows[row] and new != self.rows[row]:
                self.rows[row] = new
                self.dataChanged.emit(self.index(row, 0), self.index(row, self._columns - 1))


@dataclass(frozen=True, slots=True)
class RowState:
    """How a row stands as it is painted."""

    current: bool
    active: bool
    """The list is what the arrow keys move in."""


class RowsView(QAbstractItemView, Generic[R]):
    """The list. Subclasses paint a row; the arrow keys are given by the page, so that it needs no focus."""

    def __init__(self, theme: Theme, model: RowsModel[R], row_height: int) -> None:
        super().__init__()
        self.theme = theme
        self.rows_model = model
        self.row_height = row_height
        self.active = True
        self.painted: Callable[[], object] | None = None
        """Called after rows were painted (the bench measures by it)."""
        self.chosen: Callable[[], object] | None = None
        """Called when another row became current."""
        self.ahead: RowImage[R] | None = None
        """Paints a row before it is asked for, where a row is a value that says all that is painted of it."""
        self.setModel(model)
        model.modelReset.connect(self._all_changed)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        _draggable(self)
        theme.changed.connect(self.viewport().update)

    def paint_row(self, painter: QPainter, rect: QRect, row: R, state: RowState) -> None:
        """Paint one row, its ground too."""
        raise NotImplementedError

    def paint_plate(self, painter: QPainter, rect: QRect, state: RowState) -> None:
        """Paint what a row's words lie on: marked where it is the current one, ruled off below."""
        color = self.theme.color
        painter.fillRect(rect, color("accent_soft" if state.current else "surface"))
        if state.current:
            painter.fillRect(rect.left(), rect.top(), 4, rect.height(), color("accent"))
        painter.setPen(QPen(color("rule"), 1))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())

    def paint_ground(self, painter: QPainter, rect: QRect) -> None:
        """Paint what lies beneath the last row."""
        painter.fillRect(rect, self.theme.color("surface"))

    def current_row(self) -> R | None:
        """Give the row that actions mean."""
        row = self.currentIndex().row()
        return self.rows_model.rows[row] if 0 <= row < len(self.rows_model.rows) else None

    def choose(self, row: int) -> None:
        """Make a row the one that actions mean, and bring it into view."""
        if not self.rows_model.rows:
            return
        row = min(max(row, 0), len(self.rows_model.rows) - 1)
        self.setCurrentIndex(self.rows_model.index(row, 0))
        self.scrollTo(self.currentIndex())

    def step(self, rows: int) -> None:
        """Move the choice by so many rows."""
        self.choose(self.currentIndex().row() + rows)

    def page_rows(self) -> int:
        """Tell how many whole rows are in view."""
        return max(1, self.viewport().height() // self.row_height - 1)

    def currentChanged(self, current: Index, previous: Index) -> None:
        for index in (current, previous):
            if index.isValid():
                self.viewport().update(self._row_rect(index.row()))
        if self.chosen is not None:
            self.chosen()

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        super().rowsInserted(parent, start, end)
        self.updateGeometries()
        self._repaint_from(start, end + 1 if end + 1 == len(self.rows_model.rows) else None)

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        super().rowsAboutToBeRemoved(parent, start, end)
        self._repaint_from(start, None)

    def dataChanged(self, top_left: Index, bottom_right: Index, _roles: Sequence[int] = ()) -> None:
        self._repaint_from(top_left.row(), bottom_right.row() + 1)

    def updateGeometries(self) -> None:
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self.row_height)
        bar.setRange(0, max(0, len(self.rows_model.rows) * self.row_height - self.viewport().height()))
        bar.setEnabled(bar.maximum() > 0)

    def visualRect(self, index: Index) -> QRect:
        return self._row_rect(index.row()) if index.isValid() else QRect()

    def scrollTo(
        self, index: Index, _hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        rect, bar = self._row_rect(index.row()), self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() >= self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() + 1 - self.viewport().height())

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = (point.y() + self.verticalOffset()) // self.row_height
        return self.rows_model.index(row, 0) if 0 <= row < len(self.rows_model.rows) else QModelIndex()

    def moveCursor(self, _action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        return QModelIndex(self.currentIndex())

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, _index: Index) -> bool:
        return False

    def setSelection(self, _rect: QRect, _command: object) -> None:
        """Nothing is selected here; one row is current."""

    def visualRegionForSelection(self, _selection: object) -> QRegion:
        return QRegion()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() - event.angleDelta().y() * self.row_height // 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometries()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        rows, current = self.rows_model.rows, self.currentIndex().row()
        dirty, region = event.rect(), event.region()
        first = max(0, (dirty.top() + self.verticalOffset()) // self.row_height)
        last = min(len(rows) - 1, (dirty.bottom() + self.verticalOffset()) // self.row_height)
        for row in range(first, last + 1):
            rect = self._row_rect(row)
            if region.intersects(rect) and not (row != current and self._painted_ahead(painter, rect, rows[row])):
                self.paint_row(painter, rect, rows[row], RowState(row == current, self.active))
        beneath = self._row_rect(len(rows)).top()
        if dirty.bottom() >= beneath:
            self.paint_ground(painter, QRect(0, beneath, self.viewport().width(), dirty.bottom() + 1 - beneath))
        painter.end()
        if self.ahead is not None:
            self.ahead.due()
        if self.painted is not None:
            self.painted()

    def sizeHint(self) -> QSize:
        return QSize(320, self.row_height * 4)

    def _painted_ahead(self, painter: QPainter, rect: QRect, row: R) -> bool:
        return self.ahead is not None and self.ahead.drawn(painter, rect, row)

    def _row_rect(self, row: int) -> QRect:
        return QRect(0, row * self.row_height - self.verticalOffset(), self.viewport().width(), self.row_height)

    def _repaint_from(self, first: int, past: int | None) -> None:
        top = self._row_rect(first).top()
        bottom = self.viewport().height() if past is None else self._row_rect(past).top()
        self.viewport().update(QRect(0, top, self.viewport().width(), bottom - top))

    def _all_changed(self) -> None:
        self.updateGeometries()
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is painted, rather than paint it again."""
        self.viewport().scroll(dx, dy)


def _draggable(view: QAbstractItemView) -> None:
    """Let a finger drag the list, with no bounce past its ends."""
    QScroller.grabGesture(view.viewport(), QScroller.ScrollerGestureType.TouchGesture)
    scroller = QScroller.scroller(view.viewport())
    properties = scroller.scrollerProperties()
    never = QScrollerProperties.OvershootPolicy.OvershootAlwaysOff
    properties.setScrollMetric(QScrollerProperties.ScrollMetric.VerticalOvershootPolicy, never)
    scroller.setScrollerProperties(properties)
