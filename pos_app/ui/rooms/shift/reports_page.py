"""Reports of shifts and days: choose one, look at it as it was printed, print it again as a copy."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.shift_report import ShiftReport
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.empty_place import EmptyPlace
from pos_app.ui.widgets.paper import Paper
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT = 64
_DIFFERENCE = 140
PAPER_WIDTH = 440


class ReportWordsOnScreen:
    """What is said of a report in the list, in the language chosen."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def what(self, row: ShiftReport) -> str:
        """Name it."""
        tr = self._texts.tr
        if row.kind == "day":
            return tr("shift.report_day", day=row.business_date)
        return tr("shift.report_x" if row.kind == "x" else "shift.report_z", number=f"{row.number:04d}")

    def about(self, row: ShiftReport) -> str:
        """Say whose it is, until when, and how many sales are in it."""
        at = f"{row.at[5:10]} {row.at[11:16]}"
        return self._texts.tr("shift.report_about", operator=row.operator, at=at, sales=row.figures.sales)

    def difference(self, row: ShiftReport) -> str:
        """Say what was too much or too little."""
        return "" if row.difference is None else amount_text(row.difference)


class ReportRows(RowsView[ShiftReport]):
    """The list."""

    def __init__(self, desk: Desk) -> None:
        self.words = ReportWordsOnScreen(desk.texts)
        cells = (self.words.what, self.words.about, self.words.difference)
        super().__init__(desk.theme, RowsModel(3, lambda row, column: cells[column](row)), ROW_HEIGHT)

    def paint_row(self, painter: QPainter, rect: QRect, row: ShiftReport, state: RowState) -> None:
        theme, color = self.theme, self.theme.color
        self.paint_plate(painter, rect, state)
        inner = rect.adjusted(20, 0, -16, 0)
        strong, small = theme.font("strong", bold=True), theme.font("small")
        top = QRect(inner.left(), rect.top() + 9, inner.width() - _DIFFERENCE, 26)
        painting.text(painter, top, self.words.what(row), font=strong, color=color("ink"), align=painting.LEFT)
        below = QRect(inner.left(), rect.top() + 35, inner.width() - _DIFFERENCE, 20)
        soft = color("ink_soft")
        painting.text(painter, below, self.words.about(row), font=small, color=soft, align=painting.LEFT)
        ink = color("trouble" if row.difference else "ink")
        painting.text(painter, inner, self.words.difference(row), font=strong, color=ink, align=painting.RIGHT)


class ReportsPage(Ground):
    """The list and the paper beside it."""

    def __init__(self, desk: Desk, reprint: Callable[[ShiftReport], object], back: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._reprint = reprint
        self.rows = ReportRows(desk)
        self.rows.chosen = self._chosen
        self.paper = Paper(desk.theme)
        self.paper.setFixedWidth(PAPER_WIDTH)
        self.print = ActionButton(desk, "receipt.print", self._print, height=64)
        self.print.set_icon("printer")
        self.back = ActionButton(desk, "panel.back", back, height=64)
        shelf = QWidget()
        self._shelf = QStackedLayout(shelf)
        title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(title.set_words, "action.shift.reports")
        card = Surface(desk.theme)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 8, 1, 8)
        inside.addWidget(self.rows, 1)
        self._shelf.addWidget(card)
        self._shelf.addWidget(EmptyPlace(desk, "receipt", "shift.reports_none", "shift.reports_none_hint"))
        left = QVBoxLayout()
        left.setSpacing(16)
        for part, stretch in ((title, 0), (shelf, 1), (self.back, 0)):
            left.addWidget(part, stretch)
        right = QVBoxLayout()
        right.setSpacing(16)
        right.addWidget(self.paper, 1)
        right.addWidget(self.print)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addLayout(right)
        self.layer = Layer(
            {
                "panel.back": self.back.click,
                "receipt.print": self.print.click,
                "list.up": lambda: self.rows.step(-1),
                "list.down": lambda: self.rows.step(1),
                "list.page_up": lambda: self.rows.step(-self.rows.page_rows()),
                "list.page_down": lambda: self.rows.step(self.rows.page_rows()),
            }
        )
        desk.texts.on_change(self.rows.viewport().update)

    def show_reports(self, reports: Sequence[ShiftReport]) -> None:
        """Show the list, the newest chosen."""
        self.rows.rows_model.replace(())
        self.rows.rows_model.replace(reports)
        self._shelf.setCurrentIndex(0 if reports else 1)
        self.paper.show_lines(())
        self.print.setEnabled(bool(reports))
        self.rows.choose(0)

    def _chosen(self) -> None:
        row, renderings = self.rows.current_row(), self._desk.register.renderings
        if row is not None:
            self._desk.errands.run(lambda: renderings.report_text(row), lambda lines: self._still(row, lines))

    def _still(self, row: ShiftReport, lines: Sequence[str]) -> None:
        """Show a rendering unless another report was chosen meanwhile."""
        if row is self.rows.current_row():
            self.paper.show_lines(lines)

    def _print(self) -> None:
        row = self.rows.current_row()
        if row is not None:
            self._reprint(row)
