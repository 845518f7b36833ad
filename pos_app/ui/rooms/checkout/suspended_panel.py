"""The suspended baskets, beside the empty one: choose, and recall it. A tap recalls what it hits."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout

from pos_app.domain.suspended_basket import SuspendedAt
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView
from pos_app.ui.widgets.waiting import Waiting

ROW_HEIGHT = 72


class SuspendedRows(RowsView[SuspendedAt]):
    """The list."""

    def __init__(self, desk: Desk) -> None:
        self._texts = desk.texts
        self._here = desk.identity.device
        cells = (self.when, lambda row: amount_text(row.head.payable), self.about)
        super().__init__(desk.theme, RowsModel(3, lambda row, column: cells[column](row)), ROW_HEIGHT)

    def when(self, row: SuspendedAt) -> str:
        """Say when it was suspended, at which other register, and whose it is where that is known."""
        at = f"{datetime.fromisoformat(row.head.at):%H:%M}"
        where = "" if row.device == self._here else row.device
        if row.in_hand:
            where = self._texts.tr("suspended.in_hand", device=row.device)
        return "  ".join(part for part in (at, where, row.head.member) if part)

    def about(self, row: SuspendedAt) -> str:
        """Say what is in it: of several lines how many, and the first by name, which may be long."""
        head = row.head
        return head.first if head.lines == 1 else self._texts.tr("suspended.lines", name=head.first, count=head.lines)

    def paint_row(self, painter: QPainter, rect: QRect, row: SuspendedAt, state: RowState) -> None:
        theme = self.theme
        color = theme.color
        self.paint_plate(painter, rect, state)
        inner = rect.adjusted(16, 0, -12, 0)
        top = QRect(inner.left(), rect.top() + 11, inner.width(), 26)
        below = QRect(inner.left(), rect.top() + 39, inner.width(), 20)
        body, strong, small = theme.font("body"), theme.font("strong", bold=True), theme.font("small")
        painting.text(painter, top, self.when(row), font=body, color=color("ink"), align=painting.LEFT)
        painting.text(
            painter, top, amount_text(row.head.payable), font=strong, color=color("ink"), align=painting.RIGHT
        )
        soft, end = color("ink_soft"), painting.NAME_END
        painting.text(painter, below, self.about(row), font=small, color=soft, align=painting.LEFT, end=end)


class SuspendedPanel(Ground):
    """The list and what can be done."""

    def __init__(self, desk: Desk, recall: Callable[[SuspendedAt], object], closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._recall = recall
        self.rows = SuspendedRows(desk)
        self.rows.clicked.connect(self._tapped)
        title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(title.set_words, "suspended.title")
        self.waiting = Waiting(desk.theme, desk.texts)
        self.confirm = ActionButton(desk, "panel.confirm", self._confirm, look="primary", height=72, size="title")
        desk.texts.bind(self.confirm.setText, "suspended.recall")
        self.back = ActionButton(desk, "panel.back", closed, look="quiet", height=48)
        listed = Surface(desk.theme)
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(1, 4, 1, 4)
        inside.addWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self.waiting)
        column.addWidget(listed, 1)
        column.addWidget(self.confirm)
        column.addWidget(self.back)
        self.layer = Layer(
            {
                "panel.confirm": self.confirm.click,
                "panel.back": self.back.click,
                "list.up": lambda: self.rows.step(-1),
                "list.down": lambda: self.rows.step(1),
                "list.page_up": lambda: self.rows.step(-self.rows.page_rows()),
                "list.page_down": lambda: self.rows.step(self.rows.page_rows()),
            }
        )
        desk.texts.on_change(self.rows.viewport().update)

    def show_suspended(self, suspended: Sequence[SuspendedAt]) -> None:
        """List them, the newest chosen, and say after a moment that the neighbours are still asked."""
        self.waiting.begin("suspended.asking")
        self.rows.rows_model.replace(())
        self.rows.rows_model.replace(suspended)
        self.rows.choose(0)

    def add_suspended(self, suspended: Sequence[SuspendedAt]) -> bool:
        """Put more behind them, and keep the one that is chosen; False where there is none at all."""
        self.waiting.end()
        model, chosen = self.rows.rows_model, max(0, self.rows.currentIndex().row())
        model.replace([*model.rows, *suspended])
        self.rows.choose(chosen)
        return bool(model.rows)

    def show_fetching(self, device: str) -> None:
        """Say after a moment that a basket is awaited from another register; empty: it is no more."""
        if device:
            self.waiting.begin("suspended.fetching", device=device)
        else:
            self.waiting.end()

    def _tapped(self, index: QModelIndex) -> None:
        self.rows.choose(index.row())
        self._confirm()

    def _confirm(self) -> None:
        row = self.rows.current_row()
        if row is not None:
            self._recall(row)
