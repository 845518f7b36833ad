"""The basket in front of the cashier: search and lines at the left, total and actions at the right."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.services.looking_up import ShelfEntry
from pos_app.ui.rooms.checkout.benefit_questions import BenefitQuestions
from pos_app.ui.rooms.checkout.finds_view import FindsView
from pos_app.ui.rooms.checkout.foot_bar import FootBar
from pos_app.ui.rooms.checkout.line_questions import LineQuestions
from pos_app.ui.rooms.checkout.lines_view import LinesHead, LinesView
from pos_app.ui.rooms.checkout.pad_panel import PadPanel
from pos_app.ui.rooms.checkout.ringing import Rung
from pos_app.ui.rooms.checkout.suspended_questions import SuspendedQuestions
from pos_app.ui.rooms.checkout.total_card import TotalCard
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.buttons import MIN_TARGET
from pos_app.ui.widgets.displays import Ground, Surface
from pos_app.ui.widgets.empty_place import EmptyPlace
from pos_app.ui.widgets.search_field import SearchField

SIDE_WIDTH = 304
SEARCH_PAUSE_MS = 40
OFFER_PAUSE_MS = 60
"""After the last change of the basket, so that looking for gifts never stands before a scan's painting."""
BUTTON_HEIGHT = 64
_BASKET, _FINDS, _NOTHING = 0, 1, 2


class BasketVerbs(Protocol):
    """What the page asks of the presenter."""

    @property
    def line(self) -> LineQuestions: ...
    @property
    def benefits(self) -> BenefitQuestions: ...
    @property
    def suspended(self) -> SuspendedQuestions: ...
    def settle(self) -> None: ...
    def ask_clear(self) -> None: ...
    def open_receipts(self) -> None: ...
    def ask_member(self) -> None: ...
    def search(self, text: str) -> None: ...
    def look_for_offers(self) -> None: ...


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
        self.card = TotalCard(desk)
        self.total, self.count, self.member = self.card.total, self.card.count, self.card.member
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
        self.lines.show_rows(rung.rows, rung.row)
        self._cards.setCurrentWidget(self._lines_card if rung.rows else self._empty_card)
        self.card.show_rung(rung)
        self.foot.show_hints(rung.hints)
        self._quiet.start()

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
        signs = frozenset(keymap.chord(f"checkout.{name}") for name in ("settle", "quantity", "price", "remove"))
        self.search = SearchField(desk.theme, keymap.chord("checkout.search"), signs)
        desk.texts.bind(self.search.setPlaceholderText, "checkout.search_hint")
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_PAUSE_MS)
        self._pause.timeout.connect(lambda: self._verbs.search(self.search.text()))
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.lines = LinesView(desk.theme, desk.texts)
        self.lines.clicked.connect(lambda _index: self._verbs.line.explain())
        self.foot = FootBar(desk, self._verbs.benefits.take_offer)
        self._quiet = QTimer(self, singleShot=True, interval=OFFER_PAUSE_MS)
        self._quiet.timeout.connect(self._verbs.look_for_offers)
        self.finds = FindsView(desk.theme, desk.texts)
        self.finds.clicked.connect(lambda _index: self._room.take_find())
        self._lines_card = _card(desk, self.lines, above=LinesHead(desk.theme, desk.texts), below=self.foot)
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

    def _make_buttons(self) -> dict[str, ActionButton]:
        verbs = self._verbs
        runs = {
            "checkout.quantity": verbs.line.ask_quantity,
            "checkout.remove": verbs.line.remove,
            "checkout.price": verbs.line.ask_price,
            "checkout.discount": verbs.line.ask_discount,
            "checkout.member": verbs.ask_member,
            "checkout.benefits": verbs.benefits.open,
            "checkout.explain": verbs.line.explain,
            "checkout.suspend": verbs.suspended.suspend_or_list,
            "checkout.receipts": verbs.open_receipts,
            "checkout.clear": verbs.ask_clear,
        }
        buttons = {name: ActionButton(self._desk, name, run) for name, run in runs.items()}
        for button in buttons.values():
            button.setMinimumHeight(MIN_TARGET)
            button.setMaximumHeight(BUTTON_HEIGHT)
        return buttons

    def _actions_side(self) -> QWidget:
        side = Ground(self._desk.theme)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.card)
        column.addSpacing(4)
        buttons = list(self.buttons.values())
        for left, right in zip(buttons[::2], buttons[1::2], strict=True):
            pair = QHBoxLayout()
            pair.setSpacing(8)
            pair.addWidget(left)
            pair.addWidget(right)
            column.addLayout(pair, 1)
        column.addSpacing(4)
        self.settle = ActionButton(
            self._desk, "checkout.settle", self._verbs.settle, look="primary", height=88, size="figure"
        )
        column.addWidget(self.settle)
        return side

    def _make_layers(self) -> tuple[Layer, Layer]:
        base = Layer(
            {name: button.click for name, button in self.buttons.items()}
            | {
                "checkout.settle": self.settle.click,
                "checkout.search": lambda: self.begin_search(""),
                "checkout.offer": self._verbs.benefits.take_offer,
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


def _card(desk: Desk, middle: QWidget, *, above: QWidget | None = None, below: QWidget | None = None) -> Surface:
    card = Surface(desk.theme)
    column = QVBoxLayout(card)
    column.setContentsMargins(1, 4, 1, 4)
    column.setSpacing(0)
    if above is not None:
        column.addWidget(above)
    column.addWidget(middle, 1)
    if below is not None:
        column.addWidget(below)
    return card
