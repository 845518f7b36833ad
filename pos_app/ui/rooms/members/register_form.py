"""Registering a member: name, phone, month of birth, and the wording that the customer agreed to."""

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from pos_app.domain.errors import GranaryError
from pos_app.domain.registration import Asked
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Words
from pos_app.ui.widgets.paragraph import Paragraph
from pos_app.ui.widgets.plain_field import PlainField

CONSENT: Final = "2026-11"
"""The version of the wording in the translations, ``members.consent``; another wording is another version."""
_FIELDS: Final = ("name", "phone", "birth_month")


class RegisterForm(Ground):
    """The form. Enter goes from field to field; the consent is a key of its own, so that nobody agrees by haste."""

    def __init__(self, desk: Desk, register: Callable[[Asked], object], closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._register = register
        self._agreed = False
        self.fields = {name: PlainField() for name in _FIELDS}
        self.said = Paragraph(desk.theme)
        wording = Paragraph(desk.theme)
        desk.texts.bind(wording.set_words, "members.consent")
        self.agree = ActionButton(desk, "members.agree", self.turn_consent, height=56)
        self.agree.setCheckable(True)
        self.confirm = ActionButton(desk, "members.register_now", self.confirmed, look="primary", height=64)
        self.back = ActionButton(desk, "panel.back", closed, look="quiet")
        title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(title.set_words, "members.register_title")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        for name, field in self.fields.items():
            caption = Words(desk.theme, "small", ink="ink_soft")
            desk.texts.bind(caption.set_words, f"members.{name}")
            column.addWidget(caption)
            column.addWidget(field)
            field.returnPressed.connect(self.go_on)
        column.addSpacing(8)
        column.addWidget(wording)
        column.addWidget(self.agree)
        column.addWidget(self.said)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.back, 1)
        row.addWidget(self.confirm, 2)
        column.addLayout(row)
        self.layer = Layer(
            {
                "members.agree": self.turn_consent,
                "members.register_now": self.confirm.click,
                "panel.confirm": self.go_on,
                "panel.back": closed,
            }
        )

    def begin(self, phone: str) -> None:
        """Begin with empty fields; a phone that was searched for stands there."""
        for field in self.fields.values():
            field.clear()
        self.fields["phone"].setText(phone)
        self._agreed = False
        self.agree.setChecked(False)
        self.said.set_words("")
        self.fields["name"].setFocus()

    def leave(self) -> None:
        """Take the cursor out."""
        for field in self.fields.values():
            field.clearFocus()

    def go_on(self) -> None:
        """Go to the next field that is empty; behind the last, leave them."""
        asked = (self.fields["name"], self.fields["phone"])
        empty = next((field for field in asked if not field.text().strip()), None)
        if empty is not None:
            empty.setFocus()
        elif not self.fields["birth_month"].hasFocus() and not self.fields["birth_month"].text():
            self.fields["birth_month"].setFocus()
        else:
            self.leave()

    def turn_consent(self) -> None:
        """The customer agrees, or does not any more."""
        self._agreed = not self._agreed
        self.agree.setChecked(self._agreed)

    def confirmed(self) -> None:
        """Register what is there."""
        typed = {name: field.text() for name, field in self.fields.items()}
        consent = CONSENT if self._agreed else ""
        self._register(Asked(typed["name"], typed["phone"], consent, typed["birth_month"]))

    def refuse(self, error: GranaryError) -> None:
        """Say what cannot be, and go to the field that is meant."""
        self._desk.messages.sound("refused")
        self.said.set_words(self._desk.messages.text_of(error), "trouble")
        field = self.fields.get(str(error.details.get("field", "")))
        if field is not None:
            field.setFocus()
