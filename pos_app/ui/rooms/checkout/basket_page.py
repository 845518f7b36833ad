"""The basket in front of the cashier: search and lines at the left, total and actions at the right."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.services.looking_up import ShelfEntry
from pos_app.ui.rooms.checkout.finds_view import FindsView
from pos_app.ui.rooms.checkout.lines_view import LinesHead, LinesView
from pos_app.ui.rooms.checkout.pad_panel import PadPanel
from pos_app.ui.rooms.checkout.ringing import Rung
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Figure, Ground, Surface, Words
from pos_app.ui.widgets.empty_place import EmptyPlace
from pos_app.ui.widgets.search_field import SearchField

SIDE_WIDTH = 304
SEARCH_PAUSE_MS = 40
_BASKET, _FINDS, _NOTHING = 0, 1, 2


class BasketVerbs(Protocol):
    """What the page asks of the presenter."""

    def settle(self) -> None: ...
    def ask_quantity(self) -> None: ...
    def remove(self) -> None: ...
    def ask_clear(self) -> None: ...
    def open_receipts(self) -> None: ...
    def ask_member(self) -> None: ...
    def search(self, text: str) -> None: ...


class BasketRoom(Protocol):
    """What the page asks of its room."""

    @property
    def presenter(self) -> BasketVerbs: ...
    def take_find(self) -> None: ...
    def leave_search(self) -> None: ...
    def close_panel(self) -> None: ...


class BasketPage(Ground):
    """The page where goods are rung up."""

    def __init__(self, desk: Desk, room: BasketRoom) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._room = room
        self._rung = Rung()
        self._verbs = room.presenter
        self._make_left()
        self._make_total()
        self.buttons = self._make_buttons()
        self.panel = PadPanel(desk, room.close_panel)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addLayout(self._left, 1)
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        self._side = QStackedLayout(side)
        self._actions = self._actions_side()
        self._side.addWidget(self._actions)
        self._side.addWidget(self.panel)
        row.addWidget(side)
        self.layer, self.search_layer = self._make_layers()
        desk.texts.on_change(lambda: self.show_rung(self._rung))

    def show_rung(self, rung: Rung) -> None:
        """Show the basket as it is now."""
        self._rung = rung
        tr = self._desk.texts.tr
        self.lines.show_rows(rung.rows, rung.row)
        self._cards.setCurrentWidget(self._lines_card if rung.rows else self._empty_card)
        self.total.set_value(amount_text(rung.payable))
        self.count.set_words(tr("total.count", lines=len(rung.rows), pieces=rung.pieces))
        saved = tr("total.saved", amount=amount_text(rung.below_base)) if rung.below_base else ""
        self.saved.set_words(saved)
        member = rung.member
        self.member.set_words("" if member is None else tr("total.member", name=member.name, tier=member.tier))

    def add_panel(self, panel: QWidget) -> None:
        """Give the side another question."""
        self._side.addWidget(panel)

    def show_panel(self, panel: QWidget | None) -> None:
        """Show a question at the side; None shows the total and the actions again."""
        self._side.setCurrentWidget(panel or self._actions)

    def show_finds(self, finds: Sequence[ShelfEntry]) -> None:
        """Show what was found in place of the lines."""
        self.finds.rows_model.replace(())
        self.finds.rows_model.replace(finds)
        self.finds.choose(0)
        self._shelf.setCurrentIndex(_FINDS if finds else _NOTHING)

    def begin_search(self, text: str) -> bool:
        """Go to the search box, with the first letter that was typed elsewhere."""
        self.search.setFocus()
        self.search.insert(text)
        return True

    def end_search(self) -> None:
        """Empty the search box and leave it."""
        self._pause.stop()
        if self.search.text() or self.search.hasFocus():
            self.search.blockSignals(True)
            self.search.clear()
            self.search.blockSignals(False)
            self.search.clearFocus()
        self._shelf.setCurrentIndex(_BASKET)

    def _make_left(self) -> None:
        desk = self._desk
        keymap = desk.actions.keymap
        signs = frozenset(keymap.chord(f"checkout.{name}") for name in ("settle", "quantity", "remove"))
        self.search = SearchField(desk.theme, keymap.chord("checkout.search"), signs)
        desk.texts.bind(self.search.setPlaceholderText, "checkout.search_hint")
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_PAUSE_MS)
        self._pause.timeout.connect(lambda: self._verbs.search(self.search.text()))
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.lines = LinesView(desk.theme, desk.texts)
        self.finds = FindsView(desk.theme, desk.texts)
        self.finds.clicked.connect(lambda _index: self._room.take_find())
        self._lines_card = _card(desk, LinesHead(desk.theme, desk.texts), self.lines)
        keys = {"key": keymap.chord("checkout.search")}
        self._empty_card = EmptyPlace(desk, "barcode", "empty.title", "empty.hint", **keys)
        basket = QWidget()
        self._cards = QStackedLayout(basket)
        self._cards.addWidget(self._empty_card)
        self._cards.addWidget(self._lines_card)
        shelf = QWidget()
        self._shelf = QStackedLayout(shelf)
        self._shelf.addWidget(basket)
        self._shelf.addWidget(_card(desk, self.finds))
        self._shelf.addWidget(EmptyPlace(desk, "search", "finds.nothing", "finds.nothing_hint"))
        self._left = QVBoxLayout()
        self._left.setSpacing(16)
        self._left.addWidget(self.search)
        self._left.addWidget(shelf, 1)

    def _make_total(self) -> None:
        desk = self._desk
        self.total_card = Surface(desk.theme)
        self.count = Words(desk.theme, "body", ink="ink_soft")
        self.member = Words(desk.theme, "body", bold=True, ink="accent_deep").aligned(painting.RIGHT)
        self.saved = Words(desk.theme, "body", ink="good")
        self.total = Figure(desk.theme, ("huge", "large", "figure"), 104)
        desk.texts.bind(self.total.set_caption, "total.payable")
        for display in (self.count, self.member, self.saved, self.total):
            display.on_ground("surface")
        column = QVBoxLayout(self.total_card)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(2)
        column.addWidget(self.count)
        column.addWidget(self.total)
        beneath = QHBoxLayout()
        beneath.addWidget(self.saved, 1)
        beneath.addWidget(self.member, 1)
        column.addLayout(beneath)

    def _make_buttons(self) -> dict[str, ActionButton]:
        verbs = self._verbs
        runs = {
            "checkout.quantity": verbs.ask_quantity,
            "checkout.remove": verbs.remove,
            "checkout.search": lambda: self.begin_search(""),
            "checkout.member": verbs.ask_member,
            "checkout.receipts": verbs.open_receipts,
            "checkout.clear": verbs.ask_clear,
        }
        return {name: ActionButton(self._desk, name, run, height=64) for name, run in runs.items()}

    def _actions_side(self) -> QWidget:
        side = Ground(self._desk.theme)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.total_card)
        column.addSpacing(8)
        buttons = list(self.buttons.values())
        for left, right in zip(buttons[::2], buttons[1::2], strict=True):
            pair = QHBoxLayout()
            pair.setSpacing(8)
            pair.addWidget(left)
            pair.addWidget(right)
            column.addLayout(pair)
        column.addStretch(1)
        self.settle = ActionButton(
            self._desk, "checkout.settle", self._verbs.settle, look="primary", height=96, size="figure"
        )
        column.addWidget(self.settle)
        return side

    def _make_layers(self) -> tuple[Layer, Layer]:
        base = Layer(
            {name: button.click for name, button in self.buttons.items()}
            | {
                "checkout.settle": self.settle.click,
                "list.up": lambda: self.lines.step(-1),
                "list.down": lambda: self.lines.step(1),
                "list.page_up": lambda: self.lines.step(-self.lines.page_rows()),
                "list.page_down": lambda: self.lines.step(self.lines.page_rows()),
                "panel.confirm": self._entered,
            },
            typing=self.begin_search,
        )
        finds = Layer(
            {
                "list.up": lambda: self.finds.step(-1),
                "list.down": lambda: self.finds.step(1),
                "list.page_up": lambda: self.finds.step(-self.finds.page_rows()),
                "list.page_down": lambda: self.finds.step(self.finds.page_rows()),
                "panel.confirm": self._room.take_find,
                "panel.back": self._room.leave_search,
            }
        )
        return base, finds

    def _entered(self) -> None:
        """Enter takes what is searched for, before the list is there too; else it leaves the empty box."""
        if self.search.text():
            self._room.take_find()
        else:
            self.search.clearFocus()


def _card(desk: Desk, *parts: QWidget) -> Surface:
    card = Surface(desk.theme)
    column = QVBoxLayout(card)
    column.setContentsMargins(1, 4, 1, 4)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, 1 if part is parts[-1] else 0)
    return card
