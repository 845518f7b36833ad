"""Cards of facts: a title, rows of caption and value, buttons beneath. For the rooms that tell rather than do."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets import painting
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

    def add_facts(self, caption: str) -> "FactLines":
        """Add a row with the text key of its caption, whose value has several lines."""
        head = Words(self._desk.theme, "body", ink="ink_soft")
        head.setFixedWidth(_CAPTION_WIDTH)
        self._desk.texts.bind(head.set_words, caption)
        lines = FactLines(self._desk.theme)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(head, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(lines, 1)
        self.column.addLayout(row)
        return lines

    def add_lines(self, columns: int) -> "FactLines":
        """Add lines that say by themselves what they are, side by side in so many columns."""
        lines = FactLines(self._desk.theme, columns)
        self.column.addWidget(lines)
        return lines

    def add(self, *parts: QWidget) -> None:
        """Add parts side by side."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in parts:
            row.addWidget(part)
        self.column.addLayout(row)


class FactLines(QWidget):
    """Several lines of words, one below the other or in columns."""

    def __init__(self, theme: Theme, columns: int = 1) -> None:
        super().__init__()
        self._theme = theme
        self._columns = columns
        self.lines: tuple[str, ...] = ()
        self._row = QFontMetrics(theme.font("body")).height() + 4
        theme.changed.connect(self.update)

    def set_lines(self, lines: Sequence[str]) -> None:
        """Write something else."""
        if tuple(lines) != self.lines:
            self.lines = tuple(lines)
            self.setFixedHeight(self._row * max(-(-len(lines) // self._columns), 1))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        font, ink = self._theme.font("body"), self._theme.color("ink")
        width = self.width() // self._columns
        for at, words in enumerate(self.lines):
            down, along = divmod(at, self._columns)
            rect = QRect(along * width, down * self._row, width - 8, self._row)
            painting.text(painter, rect, words, font=font, color=ink, align=painting.LEFT)
