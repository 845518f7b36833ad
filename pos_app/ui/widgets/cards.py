"""Cards of facts: a title, rows of caption and value, buttons beneath. For the rooms that tell rather than do."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.displays import Surface, Words

_CAPTION_WIDTH = 136


class Card(Surface):
    """A titled card."""

    def __init__(self, desk: Desk, title: str) -> None:
        """Take the text key of the title."""
        super().__init__(desk.theme)
        self._desk = desk
        self.title = Words(desk.theme, "strong", bold=True)
        desk.texts.bind(self.title.set_words, title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 16, 20, 20)
        self.column.setSpacing(8)
        self.column.addWidget(self.title)

    def add_fact(self, caption: str) -> Words:
        """Add a row with the text key of its caption, and give its value to be set."""
        head = Words(self._desk.theme, "body", ink="ink_soft")
        head.setFixedWidth(_CAPTION_WIDTH)
        self._desk.texts.bind(head.set_words, caption)
        value = Words(self._desk.theme, "body")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(head)
        row.addWidget(value, 1)
        self.column.addLayout(row)
        return value

    def add(self, *parts: QWidget) -> None:
        """Add parts side by side."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in parts:
            row.addWidget(part)
        self.column.addLayout(row)
