"""The members room: the search and who was found at the left, one of them, a question or a form at the right."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.errors import GranaryError
from pos_app.domain.members import Member
from pos_app.services.knowing import Finds, MemberCard
from pos_app.services.remembering import Remembered
from pos_app.ui.rooms.members import words
from pos_app.ui.rooms.members.pages import Pages, Verbs
from pos_app.ui.rooms.members.presenter import MembersPresenter, ToBasket
from pos_app.ui.rooms.members.rows import FoundRows
from pos_app.ui.rooms.room import Room
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.choice_panel import Choice
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.empty_place import EmptyPlace
from pos_app.ui.widgets.search_field import SearchField

LEFT_WIDTH = 352
SEARCH_PAUSE_MS = 40
REASONS = ("identity", "pick_up", "after_sale")
_LIST, _START, _NOTHING = 0, 1, 2


class MembersRoom(Room):
    """Who is it, and what do they have?"""

    def __init__(self, desk: Desk, to_basket: ToBasket) -> None:
        super().__init__()
        self._desk = desk
        self._entered = False
        self._layers: tuple[Layer, ...] = ()
        self.presenter = verbs = MembersPresenter(desk, self, to_basket)
        self.search = SearchField(desk.theme, desk.actions.keymap.chord("members.find"), frozenset())
        desk.texts.bind(self.search.setPlaceholderText, "members.search_hint")
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_PAUSE_MS)
        self._pause.timeout.connect(lambda: verbs.find(self.search.text()))
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.rows = FoundRows(desk)
        self.rows.clicked.connect(lambda _index: self._choose())
        self.more = Words(desk.theme, "small", ink="ink_soft").centred()
        self.register = ActionButton(desk, "members.register", verbs.begin_registering, height=64)
        self.pages = Pages(
            desk, Verbs(verbs.take, verbs.take_usual, verbs.ask_reason, verbs.register, self.close_panel), self._opened
        )
        self.view, self.form, self.welcome = self.pages.view, self.pages.form, self.pages.welcome
        self.reason, self.take, self.reveal = self.pages.reason, self.pages.take, self.pages.reveal
        self._lay_out(desk)
        self.layer = self._make_layer()
        self._layers = (self.layer,)
        desk.texts.on_change(self._put_question)

    def enter(self) -> None:
        """The room is shown: its keys work."""
        self._entered = True
        self._open_layers(self._layers)
        self.presenter.refresh()

    def leave(self) -> None:
        """Another room is shown; nothing stays unmasked."""
        self.close_panel()
        self.view.mask_again()
        self._entered = False
        for layer in self._layers:
            self._desk.actions.close(layer)
        self.search.clearFocus()

    def scan(self, text: str, otherwise: Callable[[], object]) -> None:
        """Show whose code it is; goods and all else go into the basket."""
        self.presenter.scan(text, otherwise)

    # What the presenter tells

    def show_finds(self, finds: Finds, typed: str) -> None:
        self._pause.stop()
        if not typed and self.search.text():
            self.search.blockSignals(True)
            self.search.clear()
            self.search.blockSignals(False)
        self.rows.rows_model.replace(())
        self.rows.rows_model.replace(finds.members)
        self.rows.choose(0)
        self._shelf.setCurrentIndex(_LIST if finds.members else _NOTHING if typed else _START)
        self.more.set_words(self._desk.texts.tr("members.more") if finds.more else "")

    def show_card(self, card: MemberCard) -> None:
        self.view.show_card(card)
        self.reveal.setEnabled(card.is_here)
        if not self.pages.asking:
            self.pages.open_card(anybody=True)

    def show_remembered(self, remembered: Remembered, now: datetime) -> None:
        self.view.timeline.show_remembered(remembered, now)
        self.pages.usual.setEnabled(bool(remembered.usual))

    def show_nobody(self) -> None:
        if not self.pages.asking:
            self.pages.open_card(anybody=False)

    def unmask(self, member: Member) -> None:
        self.view.unmask(member)

    def ask_reason(self) -> None:
        self.search.clearFocus()
        self._put_question()
        self.pages.open(self.reason)

    def open_form(self, phone: str) -> None:
        self.search.clearFocus()
        self.pages.open(self.form)
        self.form.begin(phone)

    def refuse_form(self, error: GranaryError) -> None:
        self.form.refuse(error)

    def show_welcome(self, member: Member) -> None:
        self.form.leave()
        self.welcome.show_member(member)
        self.pages.open(self.welcome)

    def close_panel(self) -> None:
        self.pages.open_card(anybody=self.view.card is not None and self.presenter.member is not None)

    def _put_question(self) -> None:
        member, texts = self.presenter.member, self._desk.texts
        answers = [texts.tr(f"members.reason_{each}") for each in REASONS]
        look_at = self.presenter.look_at
        about = texts.tr("members.reason_about", name="" if member is None else words.name_of(member))
        self.reason.ask(Choice("members.reason", about, answers, lambda at: look_at(answers[at]), look_at))

    def _choose(self) -> None:
        self.presenter.choose(self.rows.current_row())

    def _step(self, rows: int) -> None:
        if self.rows.rows_model.rows:
            self.rows.step(rows)
            self._choose()

    def _begin_search(self, text: str = "") -> bool:
        if self.pages.asking:
            self.close_panel()
        self.search.setFocus()
        self.search.insert(text)
        return True

    def _back(self) -> None:
        """Esc empties the search, and leaves it."""
        self.search.clear()
        self.search.clearFocus()

    def _opened(self, layer: Layer | None) -> None:
        self._open_layers((self.layer,) if layer is None else (self.layer, layer))

    def _open_layers(self, layers: tuple[Layer, ...]) -> None:
        for layer in self._layers:
            self._desk.actions.close(layer)
        self._layers = layers
        for layer in layers if self._entered else ():
            self._desk.actions.open(layer)

    def _make_layer(self) -> Layer:
        return Layer(
            {
                "members.find": self._begin_search,
                "members.take": self.take.click,
                "members.reveal": self.reveal.click,
                "members.register": self.register.click,
                "members.usual": self.pages.usual.click,
                "members.receipt": self.view.timeline.open_current,
                "members.channel": self.view.timeline.turn_channel,
                "members.category": self.view.timeline.turn_category,
                "members.period": self.view.timeline.turn_period,
                "panel.confirm": self.take.click,
                "panel.back": self._back,
                "list.up": lambda: self._step(-1),
                "list.down": lambda: self._step(1),
                "list.page_up": lambda: self._step(-self.rows.page_rows()),
                "list.page_down": lambda: self._step(self.rows.page_rows()),
            },
            typing=self._begin_search,
        )

    def _lay_out(self, desk: Desk) -> None:
        listed = Surface(desk.theme)
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(1, 6, 1, 6)
        inside.addWidget(self.rows, 1)
        inside.addWidget(self.more)
        place = QWidget()
        self._shelf = QStackedLayout(place)
        keys = {"key": desk.actions.keymap.chord("members.find")}
        register = {"key": desk.actions.keymap.chord("members.register")}
        self._shelf.addWidget(listed)
        self._shelf.addWidget(EmptyPlace(desk, "search", "members.start", "members.start_hint", **keys))
        self._shelf.addWidget(
            EmptyPlace(desk, "search", "members.nobody_found", "members.nobody_found_hint", **register)
        )
        self._shelf.setCurrentIndex(_START)
        side = QWidget()
        side.setFixedWidth(LEFT_WIDTH)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(12)
        left.addWidget(self.search)
        left.addWidget(place, 1)
        left.addWidget(self.register)
        ground = Ground(desk.theme)
        row = QHBoxLayout(ground)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(side)
        row.addWidget(self.pages, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ground)
