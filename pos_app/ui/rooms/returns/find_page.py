"""Which sale is it? Its number scanned or typed, or one of this register's last; and the way to void the last one."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.receipt import Receipt
from pos_app.ui.rooms.checkout.receipts_page import ReceiptRows
from pos_app.ui.rooms.returns.waiting import Waiting
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import EntryBox, Ground, Surface, Words
from pos_app.ui.widgets.empty_place import EmptyPlace
from pos_app.ui.widgets.entry import Entry
from pos_app.ui.widgets.number_pad import NumberPad
from pos_app.ui.widgets.paragraph import Paragraph

SIDE_WIDTH = 320


class FindVerbs(Protocol):
    """What the page asks of the presenter."""

    def find(self, receipt: str) -> None: ...
    def void_last(self) -> None: ...
    def begin_bare(self) -> None: ...


class FindPage(Ground):
    """The number's box and the list."""

    def __init__(self, desk: Desk, verbs: FindVerbs) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._verbs = verbs
        self._entry = Entry("code", desk.messages.refuse)
        self.rows = ReceiptRows(desk.theme, desk.texts)
        self.rows.clicked.connect(self._tapped)
        self.box = EntryBox(desk.theme, size="strong", height=72)
        desk.texts.bind(self.box.set_caption, "returns.number")
        self.pad = NumberPad(desk.theme, "-")
        self.pad.typed.connect(self.type)
        self.open = ActionButton(desk, "returns.open", self._open, look="primary", height=72, size="title")
        self.open.set_key(desk.actions.keymap.chord("panel.confirm"))
        self.bare = ActionButton(desk, "returns.bare", verbs.begin_bare, height=56)
        self.void = ActionButton(desk, "returns.void", verbs.void_last, height=56)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addLayout(self._make_left(), 1)
        row.addWidget(self._make_side())
        self.layer = Layer(
            {
                "panel.confirm": self.open.click,
                "returns.bare": self.bare.click,
                "returns.void": self.void.click,
                "list.up": lambda: self.rows.step(-1),
                "list.down": lambda: self.rows.step(1),
                "list.page_up": lambda: self.rows.step(-self.rows.page_rows()),
                "list.page_down": lambda: self.rows.step(self.rows.page_rows()),
            },
            typing=self.type,
        )

    def begin(self, receipts: Sequence[Receipt]) -> None:
        """Ask anew, with the register's last sales beside."""
        self._entry.suggest("")
        self.box.set_text("")
        self.rows.rows_model.replace(())
        self.rows.rows_model.replace(receipts)
        self.rows.choose(0)
        self.void.setEnabled(bool(receipts))
        self._shelf.setCurrentIndex(0 if receipts else 1)

    def type(self, typed: str) -> bool:
        """Take a key of the number."""
        taken = self._entry.type(typed.upper())
        self.box.set_text(self._entry.text)
        return taken

    def _open(self) -> None:
        """Go to the sale that was typed, else to the one that is chosen."""
        row = self.rows.current_row()
        if self._entry.text:
            if self._entry.confirmed():
                self._verbs.find(self._entry.text)
        elif row is not None:
            self._verbs.find(row.number)

    def _tapped(self, index: QModelIndex) -> None:
        self._verbs.find(self.rows.rows_model.rows[index.row()].number)

    def _make_left(self) -> QVBoxLayout:
        title = Words(self._desk.theme, "title", bold=True)
        self._desk.texts.bind(title.set_words, "returns.recent")
        card = Surface(self._desk.theme)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 8, 1, 8)
        inside.addWidget(self.rows)
        shelf = QWidget()
        self._shelf = QStackedLayout(shelf)
        self._shelf.addWidget(card)
        self._shelf.addWidget(EmptyPlace(self._desk, "receipt", "receipts.empty", "returns.empty_hint"))
        column = QVBoxLayout()
        column.setSpacing(16)
        column.addWidget(title)
        column.addWidget(shelf, 1)
        return column

    def _make_side(self) -> QWidget:
        desk = self._desk
        title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(title.set_words, "returns.which")
        hint = Paragraph(desk.theme)
        desk.texts.bind(hint.set_words, "returns.which_hint")
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.waiting = Waiting(desk)
        for part in (title, hint, self.box, self.waiting):
            column.addWidget(part)
        column.addWidget(self.pad, 1)
        column.addWidget(self.open)
        pair = QHBoxLayout()
        pair.setSpacing(8)
        pair.addWidget(self.bare)
        pair.addWidget(self.void)
        column.addLayout(pair)
        return side
