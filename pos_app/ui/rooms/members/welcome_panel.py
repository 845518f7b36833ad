"""A member who was just registered: the name, and the code that names them at every register from now on."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from pos_app.domain.members import Member
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Words
from pos_app.ui.widgets.paragraph import Paragraph
from pos_app.ui.widgets.qr_code import QrCode

SIDE = 280


class WelcomePanel(Ground):
    """The code, to be photographed with the phone."""

    def __init__(self, desk: Desk, take: Callable[[], object], closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._member: Member | None = None
        self.title = Words(desk.theme, "title", bold=True).centred()
        self.code = QrCode(desk.theme, SIDE)
        about = Paragraph(desk.theme)
        about.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        desk.texts.bind(about.set_words, "members.welcome_about")
        self.take = ActionButton(desk, "members.take", take, look="primary", height=64, size="strong")
        self.back = ActionButton(desk, "panel.back", closed, look="quiet", height=64)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(about)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.back, 1)
        row.addWidget(self.take, 2)
        column.addLayout(row)
        self.layer = Layer({"members.take": self.take.click, "panel.confirm": self.take.click, "panel.back": closed})
        desk.texts.on_change(self._write)

    def show_member(self, member: Member) -> None:
        """Show a member's code."""
        self._member = member
        self.code.show_text(member.id)
        self._write()

    def _write(self) -> None:
        if self._member is not None:
            self.title.set_words(self._desk.texts.tr("members.welcome", name=self._member.name))
