"""The store's exceptions: what headquarters could not honour, who has it, and how it was settled. Nothing to press:
they stop no sale.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.exceptions import StoreException
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import time_text
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.cards import Card
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.empty_place import EmptyPlace
from pos_app.ui.widgets.paragraph import Paragraph
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT = 64
_STATE = 120
CARD_WIDTH = 360


class ExceptionWords:
    """What is said of an exception, in the language chosen."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def what(self, row: StoreException) -> str:
        """Say what could not be honoured."""
        key = f"exception.{row.code}"
        if not self._texts.has(key):
            return self._texts.tr("exception.other", code=row.code)
        return self._texts.tr(key, **{"receipt": row.receipt or "", **row.details})

    def about(self, row: StoreException) -> str:
        """Say of which sale, or of which register."""
        return row.receipt or row.device

    def owner(self, row: StoreException) -> str:
        """Say who has it."""
        key = f"exception_owner.{row.owner}"
        return self._texts.tr(key) if self._texts.has(key) else row.owner

    def state(self, row: StoreException) -> str:
        """Say how it stands."""
        return self._texts.tr("exceptions.open" if row.open else "exceptions.resolved")


class ExceptionRows(RowsView[StoreException]):
    """The list."""

    def __init__(self, desk: Desk) -> None:
        self.words = ExceptionWords(desk.texts)
        cells = (self.words.what, self.words.about, self.words.state)
        super().__init__(desk.theme, RowsModel(3, lambda row, column: cells[column](row)), ROW_HEIGHT)

    def paint_row(self, painter: QPainter, rect: QRect, row: StoreException, state: RowState) -> None:
        theme = self.theme
        color = theme.color
        self.paint_plate(painter, rect, state)
        inner = rect.adjusted(20, 0, -16, 0)
        top = QRect(inner.left(), rect.top() + 9, inner.width() - _STATE, 26)
        below = QRect(inner.left(), rect.top() + 35, inner.width() - _STATE, 20)
        ink = color("ink" if row.open else "ink_soft")
        painting.text(painter, top, self.words.what(row), font=theme.font("body"), color=ink, align=painting.LEFT)
        about = f"{self.words.about(row)}  {time_text(row.made_at)}"
        small = theme.font("small")
        painting.text(painter, below, about, font=small, color=color("ink_soft"), align=painting.LEFT)
        font = theme.font("body", bold=row.open)
        painting.text(painter, inner, self.words.state(row), font=font, color=ink, align=painting.RIGHT)


class ExceptionsPage(Ground):
    """The list, and all about the one chosen beside it."""

    def __init__(self, desk: Desk, back: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self.rows = ExceptionRows(desk)
        self.rows.chosen = self._tell
        self.back = ActionButton(desk, "panel.back", back, height=64)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addLayout(self._left(), 1)
        row.addWidget(self._right())
        self.layer = Layer(
            {
                "panel.back": self.back.click,
                "list.up": lambda: self.rows.step(-1),
                "list.down": lambda: self.rows.step(1),
                "list.page_up": lambda: self.rows.step(-self.rows.page_rows()),
                "list.page_down": lambda: self.rows.step(self.rows.page_rows()),
            }
        )
        desk.texts.on_change(self._tell)
        desk.texts.on_change(self.rows.viewport().update)

    def show_exceptions(self, found: Sequence[StoreException]) -> None:
        """Show the list, with the first chosen."""
        self.rows.rows_model.replace(found)
        self._shelf.setCurrentIndex(0 if found else 1)
        self.card.setVisible(bool(found))
        self.rows.choose(0)
        self._tell()

    def _tell(self) -> None:
        row = self.rows.current_row()
        if row is None:
            return
        words, tr = self.rows.words, self._desk.texts.tr
        self.what.set_words(words.what(row), "ink")
        self.receipt.set_words(row.receipt or "–")
        self.register.set_words(row.device)
        self.made_at.set_words(time_text(row.made_at))
        self.owner.set_words(words.owner(row))
        self.settled.set_words(
            tr("exceptions.waits")
            if row.resolved_at is None
            else tr("exceptions.settled", by=row.resolved_by, at=time_text(row.resolved_at), how=row.resolution),
            "ink_soft" if row.open else "good",
        )

    def _left(self) -> QVBoxLayout:
        desk = self._desk
        title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(title.set_words, "exceptions.title")
        listed = Surface(desk.theme)
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(1, 8, 1, 8)
        inside.addWidget(self.rows, 1)
        shelf = QWidget()
        self._shelf = QStackedLayout(shelf)
        self._shelf.addWidget(listed)
        self._shelf.addWidget(EmptyPlace(desk, "tick", "exceptions.none", "exceptions.none_hint"))
        left = QVBoxLayout()
        left.setSpacing(16)
        left.addWidget(title)
        left.addWidget(shelf, 1)
        left.addWidget(self.back)
        return left

    def _right(self) -> Card:
        self.card = Card(self._desk, "exceptions.about")
        self.card.setFixedWidth(CARD_WIDTH)
        self.what, self.settled = Paragraph(self._desk.theme), Paragraph(self._desk.theme)
        self.card.column.addWidget(self.what)
        self.receipt = self.card.add_fact("exceptions.receipt")
        self.register = self.card.add_fact("exceptions.register")
        self.made_at = self.card.add_fact("exceptions.made_at")
        self.owner = self.card.add_fact("exceptions.owner")
        self.card.column.addSpacing(8)
        self.card.column.addWidget(self.settled)
        self.card.column.addStretch(1)
        return self.card
