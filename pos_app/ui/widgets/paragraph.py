"""Words that may need several lines: what went wrong and what to do."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy

from pos_app.ui.runtime.theme import Theme


class Paragraph(QLabel):
    """Wrapped words in a token's colour."""

    def __init__(self, theme: Theme, size: str = "body") -> None:
        super().__init__()
        self._theme, self._size, self._ink = theme, size, "ink_soft"
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        theme.changed.connect(self._wear)
        self._wear()

    @property
    def words(self) -> str:
        """What it says."""
        return self.text()

    def set_words(self, words: str, ink: str | None = None) -> None:
        """Say something else, perhaps in another colour."""
        self._ink = ink or self._ink
        self.setText(words)
        self._wear()

    def _wear(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color(self._ink))
        self.setPalette(palette)
        self.setFont(self._theme.font(self._size))
