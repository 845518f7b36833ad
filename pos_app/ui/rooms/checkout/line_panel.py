"""One line beside the basket: why it costs what it costs, what was not taken, and what may be done with it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from pos_app.ui.rooms.checkout.ringing import LineRow
from pos_app.ui.rooms.checkout.stories import StoryRow
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text, counted_text
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT = 52
_INKS = {"saving": "good", "near": "accent_deep", "missed": "ink_soft", "caption": "ink_soft"}
_EDGE = 12


class LineVerbs(Protocol):
    """What may be done with the line that is chosen."""

    def ask_quantity(self) -> None: ...
    def ask_price(self) -> None: ...
    def ask_discount(self) -> None: ...
    def restore_price(self) -> None: ...
    def remove(self) -> None: ...


class StoryRows(RowsView[StoryRow]):
    """The story as a list that can be dragged where it is long."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, RowsModel(1, lambda row, _column: f"{row.what} {row.about} {row.amount}"), ROW_HEIGHT)

    def turn(self, pages: int) -> None:
        """Go on by so many pages."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * self.page_rows() * ROW_HEIGHT)

    def paint_row(self, painter: QPainter, rect: QRect, row: StoryRow, _state: RowState) -> None:
        theme = self.theme
        color, small = theme.color, theme.font("small")
        painter.fillRect(rect, color("sunken" if row.tone == "caption" else "surface"))
        painter.setPen(QPen(color("rule"), 1))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        inner = rect.adjusted(_EDGE, 0, -_EDGE, 0)
        ink = color(_INKS.get(row.tone, "ink"))
        font = theme.font("body", bold=row.tone in ("price", "sum"))
        if row.amount:
            painting.text(painter, inner, row.amount, font=font, color=ink, align=painting.RIGHT)
            inner = inner.adjusted(0, 0, -painting.width_of(row.amount, font) - 8, 0)
        top = QRect(inner.left(), rect.top() + 5, inner.width(), 24) if row.about else inner
        painting.text(painter, top, row.what, font=font, color=ink, align=painting.LEFT)
        below = QRect(inner.left(), rect.top() + 28, inner.width(), 19)
        painting.text(painter, below, row.about, font=small, color=color("ink_soft"), align=painting.LEFT)


class LinePanel(Ground):
    """The story of one line, and its buttons."""

    def __init__(self, desk: Desk, verbs: LineVerbs, closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self.name = Words(desk.theme, "strong", bold=True)
        self.times = Words(desk.theme, "body", ink="ink_soft")
        self.rows = StoryRows(desk.theme)
        self.restore = ActionButton(desk, "line.restore", verbs.restore_price, height=48)
        self.back = ActionButton(desk, "panel.back", closed, look="quiet", height=48)
        runs = {
            "checkout.quantity": verbs.ask_quantity,
            "checkout.price": verbs.ask_price,
            "checkout.discount": verbs.ask_discount,
            "checkout.remove": verbs.remove,
        }
        self.buttons = {name: ActionButton(desk, name, run, height=48) for name, run in runs.items()}
        card = Surface(desk.theme)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 6, 1, 6)
        inside.addWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.name)
        column.addWidget(self.times)
        column.addWidget(card, 1)
        column.addWidget(self.restore)
        buttons = list(self.buttons.values())
        for left, right in zip(buttons[::2], buttons[1::2], strict=True):
            pair = QHBoxLayout()
            pair.setSpacing(8)
            pair.addWidget(left)
            pair.addWidget(right)
            column.addLayout(pair)
        column.addWidget(self.back)
        self.layer = Layer(
            {name: button.click for name, button in self.buttons.items()}
            | {
                "line.restore": self._restore,
                "panel.back": closed,
                "panel.confirm": closed,
                "list.page_up": lambda: self.rows.turn(-1),
                "list.page_down": lambda: self.rows.turn(1),
            }
        )

    def show_line(self, row: LineRow, story: Sequence[StoryRow]) -> None:
        """Show the story of a line."""
        self.name.set_words(row.line.name)
        counted = counted_text(row.quoted.quantity, row.line.unit)
        self.times.set_words(f"{counted} × {row.unit_price_text} = {amount_text(row.quoted.gross)}")
        self.restore.setVisible(row.line.manual_price is not None)
        self.rows.rows_model.replace(())
        self.rows.rows_model.replace(story)

    def _restore(self) -> None:
        if self.restore.isVisible():
            self.restore.click()
