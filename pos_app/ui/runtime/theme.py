"""The look: tokens of `resources/themes/{light,dark}.json` as colours, fonts and one generated stylesheet.

Nothing else in the window names a colour or a size of type.
"""

from string import Template
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from pos_app.ui.runtime.resources import read_json, read_text

THEMES = ("light", "dark")
UNIT = 8
"""The grid: every gap and height is a multiple of it, or half of it."""

_ROLES = {
    QPalette.ColorRole.Window: "ground",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "sunken",
    QPalette.ColorRole.Text: "ink",
    QPalette.ColorRole.WindowText: "ink",
    QPalette.ColorRole.ButtonText: "ink",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "accent_ink",
    QPalette.ColorRole.PlaceholderText: "ink_soft",
}


class Theme(QObject):
    """The tokens in force."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        """Read a theme; an unknown one becomes the first that we have."""
        super().__init__()
        self.name = ""
        self._tokens: dict[str, Any] = {}
        self._colors: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, bool], QFont] = {}
        self._read(name)

    def color(self, name: str) -> QColor:
        """Give a colour by its token."""
        return self._colors[name]

    def font(self, size: str, *, bold: bool = False) -> QFont:
        """Give the interface's font at a step of the type scale."""
        key = (size, bold)
        if key not in self._fonts:
            font = QFont()
            font.setFamilies(self._tokens["families"])
            font.setPixelSize(self._tokens["type"][size])
            font.setBold(bold)
            font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
            self._fonts[key] = font
        return self._fonts[key]

    def fixed_font(self, size: str) -> QFont:
        """Give a font of fixed pitch, in which a Chinese character is two wide, for receipts."""
        font = QFont()
        font.setFamilies(self._tokens["fixed_families"])
        font.setPixelSize(self._tokens["type"][size])
        return font

    def switch(self, name: str) -> None:
        """Change the look of the whole window."""
        if name == self.name:
            return
        self._read(name)
        self.apply()
        self.changed.emit()

    def apply(self) -> None:
        """Give palette, font and stylesheet to the application."""
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise TypeError("a theme is worn by an application with widgets")
        palette = QPalette()
        for role, token in _ROLES.items():
            palette.setColor(role, self.color(token))
        app.setPalette(palette)
        app.setFont(self.font("body"))
        app.setStyleSheet(self.stylesheet())

    def stylesheet(self) -> str:
        """Fill the one template with this theme's tokens."""
        sizes = {f"type_{step}": f"{px}px" for step, px in self._tokens["type"].items()}
        return Template(read_text("themes", "stylesheet.qss")).substitute(self._tokens["colors"], **sizes)

    def _read(self, name: str) -> None:
        self.name = name if name in THEMES else THEMES[0]
        self._tokens = read_json("themes", "scale.json") | read_json("themes", f"{self.name}.json")
        self._colors = {token: QColor(value) for token, value in self._tokens["colors"].items()}
        self._fonts.clear()
