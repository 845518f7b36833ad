"""The store's drawers side by side, for the manager: what each should hold, what was counted, and as of when.

This register's own shifts are told from its own facts; those of others as headquarters has them, or not at all.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.instants import parse_moment
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text, time_text
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.empty_place import EmptyPlace
from pos_app.ui.widgets.rows import SCROLL_BAR_WIDTH, RowsModel, RowState, RowsView

ROW_HEIGHT = 64
AMOUNT_WIDTH = 150
CAPTIONS = ("shift.expected", "shift.counted", "shift.difference")
_NOTHING = "–"


class DrawerRows(RowsView[StoreDrawer]):
    """The list."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        cells = (self.what, self.about, *(lambda row, at=at: self.amounts(row)[at] for at in range(len(CAPTIONS))))
        super().__init__(desk.theme, RowsModel(len(cells), lambda row, column: cells[column](row)), ROW_HEIGHT)

    def what(self, row: StoreDrawer) -> str:
        """Name the drawer and whose shift it is."""
        return self._desk.texts.tr(
            "shift.register_row", device=row.device, number=f"{row.number:04d}", operator=row.operator
        )

    def about(self, row: StoreDrawer) -> str:
        """Say when it was opened and closed, and as of when its sum is."""
        tr, opened = self._desk.texts.tr, _moment(row.opened_at)
        if row.closed_at:
            when = tr("shift.register_closed", opened=opened, closed=_moment(row.closed_at))
        else:
            when = tr("shift.register_open", opened=opened)
        return (
            f"{when}   {tr('shift.register_own') if not row.as_of else tr('shift.register_as_of', at=self._local(row))}"
        )

    def amounts(self, row: StoreDrawer) -> tuple[str, str, str]:
        """Write what it should hold, what was counted, and the difference."""
        counted = _NOTHING if row.counted is None else amount_text(row.counted)
        return amount_text(row.holds), counted, _NOTHING if row.difference is None else amount_text(row.difference)

    def paint_row(self, painter: QPainter, rect: QRect, row: StoreDrawer, state: RowState) -> None:
        theme, color = self.theme, self.theme.color
        self.paint_plate(painter, rect, state)
        inner = rect.adjusted(20, 0, -16, 0)
        names = inner.width() - len(CAPTIONS) * AMOUNT_WIDTH
        strong, small = theme.font("strong", bold=True), theme.font("small")
        top = QRect(inner.left(), rect.top() + 9, names, 26)
        painting.text(painter, top, self.what(row), font=strong, color=color("ink"), align=painting.LEFT)
        below = QRect(inner.left(), rect.top() + 35, names, 20)
        painting.text(painter, below, self.about(row), font=small, color=color("ink_soft"), align=painting.LEFT)
        for at, amount in enumerate(self.amounts(row)):
            place = QRect(inner.left() + names + at * AMOUNT_WIDTH, rect.top(), AMOUNT_WIDTH, rect.height())
            ink = color("trouble" if at == len(CAPTIONS) - 1 and row.difference else "ink")
            painting.text(painter, place, amount, font=strong, color=ink, align=painting.RIGHT)

    def _local(self, row: StoreDrawer) -> str:
        """Write headquarters' moment at the store's own hour."""
        zone = parse_moment(row.opened_at).tzinfo
        return time_text(parse_moment(row.as_of).astimezone(zone), self._desk.now())


class RegistersPage(Ground):
    """The list, and what it can tell."""

    def __init__(self, desk: Desk, back: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self.rows = DrawerRows(desk)
        self.said = Words(desk.theme, "body", ink="ink_soft")
        self.back = ActionButton(desk, "panel.back", back, height=64)
        title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(title.set_words, "action.shift.registers")
        card = Surface(desk.theme)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 8, 1, 8)
        inside.addLayout(self._captions())
        inside.addWidget(self.rows, 1)
        shelf = QWidget()
        self._shelf = QStackedLayout(shelf)
        self._shelf.addWidget(card)
        self._shelf.addWidget(EmptyPlace(desk, "shift", "shift.registers_none", "shift.registers_none_hint"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        for part, stretch in ((title, 0), (self.said, 0), (shelf, 1), (self.back, 0)):
            column.addWidget(part, stretch)
        self.layer = Layer(
            {
                "panel.back": self.back.click,
                "list.up": lambda: self.rows.step(-1),
                "list.down": lambda: self.rows.step(1),
                "list.page_up": lambda: self.rows.step(-self.rows.page_rows()),
                "list.page_down": lambda: self.rows.step(self.rows.page_rows()),
            }
        )
        desk.texts.on_change(self.rows.viewport().update)

    def show_drawers(self, drawers: Sequence[StoreDrawer], said: str) -> None:
        """Show the drawers, and say where they are from."""
        self.rows.rows_model.replace(())
        self.rows.rows_model.replace(drawers)
        self._shelf.setCurrentIndex(0 if drawers else 1)
        self.said.set_words(said)
        self.rows.choose(0)

    def _captions(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(20, 0, 16 + SCROLL_BAR_WIDTH, 0)
        row.setSpacing(0)
        row.addStretch(1)
        for key in CAPTIONS:
            caption = Words(self._desk.theme, "small", ink="ink_soft").aligned(painting.RIGHT)
            caption.setFixedWidth(AMOUNT_WIDTH)
            self._desk.texts.bind(caption.set_words, key)
            row.addWidget(caption)
        return row


def _moment(text: str) -> str:
    return f"{text[5:10]} {text[11:16]}"
