"""The settings: language and look, switched at once; when it locks; this register; printer; enrolment; the keys."""

from collections.abc import Callable

from PySide6.QtWidgets import QAbstractButton, QGridLayout, QVBoxLayout

from pos_app.ui.rooms.enrolment.form import EnrolForm
from pos_app.ui.rooms.room import Room, WindowVerbs
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.preferences import CUSTOMER_SCREENS, LOCK_MINUTES, Preferences
from pos_app.ui.runtime.theme import THEMES
from pos_app.ui.runtime.translations import LANGUAGES
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.buttons import Segment
from pos_app.ui.widgets.cards import Card
from pos_app.ui.widgets.displays import Ground, Words


class SettingsRoom(Room):
    """The room."""

    def __init__(self, desk: Desk, window: WindowVerbs) -> None:
        super().__init__()
        self._desk = desk
        self._window = window
        chosen = desk.preferences.read()
        self._minutes, self._facing = chosen.lock_minutes, chosen.customer_screen
        ground = Ground(desk.theme)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ground)
        grid = QGridLayout(ground)
        grid.setContentsMargins(16, 16, 16, 16)
        grid.setSpacing(16)
        for column in range(2):
            grid.setColumnStretch(column, 1)
        grid.addWidget(self._look_card(), 0, 0)
        grid.addWidget(self._register_card(), 0, 1)
        grid.addWidget(self._devices_card(), 1, 0)
        grid.addWidget(self._enrol_card(), 1, 1)
        grid.setRowStretch(2, 1)
        self._layer = Layer(
            {
                "settings.language": self._next_language,
                "settings.theme": self._next_theme,
                "settings.lock": self._next_lock,
                "settings.customer": self._next_facing,
                "settings.print_test": self.print_test.click,
                "settings.enrol": self.form.start,
            }
        )
        desk.on_status.append(self.refresh)
        desk.texts.on_change(self.refresh)
        self.refresh()

    def enter(self) -> None:
        """The room is shown: its keys work."""
        self._desk.actions.open(self._layer)
        self.refresh()

    def leave(self) -> None:
        """Another room is shown."""
        self._desk.actions.close(self._layer)

    def refresh(self) -> None:
        """Show the desk as it stands."""
        desk, identity, tr = self._desk, self._desk.identity, self._desk.texts.tr
        self.language.set_value(desk.texts.language)
        self.theme.set_value(desk.theme.name)
        self.lock.set_value(str(self._minutes))
        self.customer.set_value(self._facing)
        self.store.set_words(f"{identity.store_name}  {identity.store}".strip() or "–")
        self.device.set_words(identity.device or "–")
        self.headquarters.set_words(identity.headquarters or "–")
        self.fingerprint.set_words(identity.fingerprint or "–")
        self.version.set_words(identity.version)
        state = desk.printer.state
        words = tr(f"printer.{state}", count=desk.printer.queued)
        self.printer.set_words(words, "trouble" if state == "down" else "ink")
        self.print_test.setEnabled(state != "none")

    def switch_language(self, language: str) -> None:
        """Speak another language, at once and from now on."""
        self._desk.texts.switch(language)
        self._keep()

    def switch_theme(self, theme: str) -> None:
        """Wear another look, at once and from now on."""
        self._desk.theme.switch(theme)
        self.refresh()
        self._keep()

    def switch_lock(self, minutes: str) -> None:
        """Lock after another while without a hand, from now on."""
        self._minutes = int(minutes)
        self._window.lock_after(self._minutes)
        self.refresh()
        self._keep()

    def switch_facing(self, choice: str) -> None:
        """Show the customer's screen or not, at once and from now on."""
        self._facing = choice
        self._window.face_customer(choice)
        self.refresh()
        self._keep()

    def _keep(self) -> None:
        file, desk = self._desk.preferences, self._desk
        chosen = Preferences(desk.texts.language, desk.theme.name, self._minutes, self._facing)
        desk.errands.run(lambda: file.keep(chosen), lambda _: None)

    def _next_language(self) -> None:
        at = LANGUAGES.index(self._desk.texts.language)
        self.switch_language(LANGUAGES[(at + 1) % len(LANGUAGES)])

    def _next_theme(self) -> None:
        self.switch_theme(THEMES[(THEMES.index(self._desk.theme.name) + 1) % len(THEMES)])

    def _next_lock(self) -> None:
        """Take the next of the choices; from a number of the file's own, the first."""
        at = LOCK_MINUTES.index(self._minutes) + 1 if self._minutes in LOCK_MINUTES else 0
        self.switch_lock(str(LOCK_MINUTES[at % len(LOCK_MINUTES)]))

    def _next_facing(self) -> None:
        self.switch_facing(CUSTOMER_SCREENS[(CUSTOMER_SCREENS.index(self._facing) + 1) % len(CUSTOMER_SCREENS)])

    def _print(self) -> None:
        register = self._desk.register
        self._desk.errands.run(register.print_test, lambda _: self._desk.messages.note("note.printed"))

    def _look_card(self) -> Card:
        desk = self._desk
        card = Card(desk, "settings.look")
        self.language = Segment(desk.theme, {each: self._named(f"language.{each}") for each in LANGUAGES})
        self.language.chosen.connect(self.switch_language)
        self.theme = Segment(desk.theme, {each: self._named(f"theme.{each}") for each in THEMES})
        self.theme.chosen.connect(self.switch_theme)
        self.lock = Segment(desk.theme, {str(each): self._named(f"settings.lock_{each}") for each in LOCK_MINUTES})
        self.lock.chosen.connect(self.switch_lock)
        choices = {"settings.language": self.language, "settings.theme": self.theme, "settings.lock": self.lock}
        for action, segment in choices.items():
            self._add_choice(card, action, segment)
        card.column.addStretch(1)
        return card

    def _add_choice(self, card: Card, action: str, segment: Segment) -> None:
        caption = Words(self._desk.theme, "body", ink="ink_soft")
        caption.set_key(self._desk.actions.keymap.chord(action))
        self._desk.texts.bind(caption.set_words, f"action.{action}")
        card.column.addWidget(caption)
        card.column.addWidget(segment)

    def _named(self, key: str) -> Callable[[QAbstractButton], object]:
        return lambda button: self._desk.texts.bind(button.setText, key)

    def _register_card(self) -> Card:
        card = Card(self._desk, "settings.register")
        self.store = card.add_fact("settings.store")
        self.device = card.add_fact("settings.device")
        self.headquarters = card.add_fact("sync.address")
        self.fingerprint = card.add_fact("settings.fingerprint")
        self.version = card.add_fact("settings.version")
        card.column.addStretch(1)
        return card

    def _devices_card(self) -> Card:
        desk = self._desk
        card = Card(desk, "settings.devices")
        self.printer = card.add_fact("settings.printer")
        self.print_test = ActionButton(desk, "settings.print_test", self._print, height=56)
        self.print_test.set_icon("printer")
        card.column.addWidget(self.print_test)
        self.keys = ActionButton(desk, "window.keys", self._window.show_keys, height=56)
        self.customer = Segment(
            desk.theme, {each: self._named(f"settings.customer_{each}") for each in CUSTOMER_SCREENS}
        )
        self.customer.chosen.connect(self.switch_facing)
        self._add_choice(card, "settings.customer", self.customer)
        card.column.addWidget(self.keys)
        card.column.addStretch(1)
        return card

    def _enrol_card(self) -> Card:
        card = Card(self._desk, "settings.enrolment")
        self.form = EnrolForm(self._desk, self._window.enrolled)
        card.column.addWidget(self.form)
        card.column.addStretch(1)
        return card
