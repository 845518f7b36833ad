"""What has been taken for the basket so far: kind, amount, what finds it again. One of them may be taken back."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from pos_app.domain.taken_tenders import TakenTender
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.rows import SCROLL_BAR_WIDTH, RowsModel, RowState, RowsView

ROW_HEIGHT = 48
MOST_IN_VIEW = 3


class TakenView(RowsView[TakenTender]):
    """The list; it takes no more room than its rows, up to a few."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        self._texts = texts
        cells = (self.kind_of, lambda row: amount_text(row.amount), _reference)
        super().__init__(theme, RowsModel(3, lambda row, column: cells[column](row)), ROW_HEIGHT)
        self.show_taken(())

    def show_taken(self, taken: tuple[TakenTender, ...]) -> None:
        """List them, the newest chosen; an empty list is not there."""
        self.rows_model.replace(taken)
        self.setFixedHeight(ROW_HEIGHT * min(len(taken), MOST_IN_VIEW))
        self.setVisible(bool(taken))
        self.choose(len(taken) - 1)

    def kind_of(self, row: TakenTender) -> str:
        """Name the way to pay."""
        return self._texts.tr(f"tender_kind.{row.kind}")

    def paint_row(self, painter: QPainter, rect: QRect, row: TakenTender, state: RowState) -> None:
        theme, color = self.theme, self.theme.color
        self.paint_plate(painter, rect, state)
        inner = rect.adjusted(16, 0, -SCROLL_BAR_WIDTH - 8, 0)
        third = inner.width() // 3
        left, middle = QRect(inner.left(), inner.top(), third, inner.height()), inner.adjusted(third, 0, -third, 0)
        body, strong = theme.font("body"), theme.font("strong", bold=True)
        painting.text(painter, left, self.kind_of(row), font=body, color=color("ink"), align=painting.LEFT)
        shown = _reference(row)
        painting.text(painter, middle, shown, font=theme.font("small"), color=color("ink_soft"), align=painting.LEFT)
        painting.text(painter, inner, amount_text(row.amount), font=strong, color=color("ink"), align=painting.RIGHT)


def _reference(row: TakenTender) -> str:
    """Show what finds a card again, or the end of a provider's long number."""
    return row.reference if row.kind == "card" else row.reference[-8:]
