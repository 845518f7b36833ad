"""Buttons that show their key and are large enough for a thumb. They never take the focus."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from pos_app.ui.runtime.icons import icon
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets import painting

Look = Literal["plain", "primary", "quiet"]
MIN_TARGET = 48
_ICON = 24


class Button(QAbstractButton):
    """A painted button: words, a key cap, perhaps an icon."""

    def __init__(self, theme: Theme, *, look: Look = "plain", height: int = 56, size: str = "body") -> None:
        super().__init__()
        self._theme = theme
        self._look: Look = look
        self._size = size
        self._icon = ""
        self.key = ""
        """The key that does the same, as it is shown."""
        self.setFixedHeight(max(height, MIN_TARGET))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_icon(self, name: str) -> None:
        """Show an icon before the words."""
        self._icon = name
        self.update()

    def set_key(self, key: str) -> None:
        """Show the key that does the same."""
        self.key = key
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = painting.width_of(self.text(), self._theme.font(self._size, bold=True))
        cap = painting.cap_width(self._theme, self.key)
        return QSize(words + (cap + 12 if cap else 0) + (_ICON + 8 if self._icon else 0) + 32, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(MIN_TARGET, self.height())

    def _colors(self) -> tuple[QColor, QColor | None, QColor]:
        color = self._theme.color
        if not self.isEnabled():
            return color("sunken"), None, color("ink_soft")
        pressed = self.isDown() or self.isChecked()
        if self._look == "primary":
            return color("accent_down" if pressed else "accent"), None, color("accent_ink")
        if self._look == "quiet":
            return color("sunken" if pressed or self.underMouse() else "ground"), None, color("ink")
        if pressed:
            return color("accent_soft"), color("accent"), color("ink")
        return color("sunken" if self.underMouse() else "surface"), color("outline"), color("ink")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill, outline, ink = self._colors()
        painting.box(painter, self.rect(), fill, outline)
        inner = self.rect().adjusted(14, 0, -12, 0)
        painting.key_cap(painter, self._theme, inner, self.key, ink=ink)
        cap = painting.cap_width(self._theme, self.key)
        words = inner.adjusted(0, 0, -cap - 6 if cap else 0, 0)
        if self._icon:
            pixmap = icon(self._icon, ink, _ICON, self.devicePixelRatioF())
            painter.drawPixmap(words.left(), words.center().y() - _ICON // 2 + 1, pixmap)
            words.adjust(_ICON + 8, 0, 0, 0)
        align = painting.LEFT if cap else painting.CENTRE
        font = self._theme.font(self._size, bold=True)
        painting.text(painter, words, self.text(), font=font, color=ink, align=align)


class PadKey(QAbstractButton):
    """One key of a number pad. What it types is its text, unless told otherwise."""

    def __init__(self, theme: Theme, shown: str, typed: str) -> None:
        super().__init__()
        self._theme = theme
        self.typed = typed
        self.setText(shown)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(MIN_TARGET, MIN_TARGET)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def turn(self, typed: str) -> None:
        """Type, and show, something else from now on."""
        self.typed = typed
        self.setText(typed)

    def sizeHint(self) -> QSize:
        return QSize(80, 64)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = self._theme.color
        down = self.isDown()
        painting.box(painter, self.rect(), color("accent_soft" if down else "surface"), color("outline"))
        font = self._theme.font("figure", bold=True)
        painting.text(painter, self.rect(), self.text(), font=font, color=color("ink"), align=painting.CENTRE)


class RailButton(QAbstractButton):
    """The way into a room: icon, name and key, one above the other."""

    def __init__(self, theme: Theme, icon_name: str, key: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon_name
        self.key = key
        self.setFixedSize(72, 76)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = self._theme.color
        chosen = self.isChecked()
        if chosen or self.underMouse() or self.isDown():
            painting.box(painter, self.rect().adjusted(6, 2, -6, -2), color("rail_raised"))
        ink = color("accent") if chosen else color("rail_soft")
        pixmap = icon(self._icon, ink, _ICON, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - _ICON) // 2, 11, pixmap)
        words = color("rail_ink") if chosen else color("rail_soft")
        name = self._theme.font("small", bold=chosen)
        painting.text(painter, QRect(2, 37, 68, 18), self.text(), font=name, color=words, align=painting.CENTRE)
        key = self._theme.font("tiny")
        painting.text(painter, QRect(2, 54, 68, 16), self.key, font=key, color=words, align=painting.CENTRE)


class Segment(QWidget):
    """A choice of few, side by side, one of them in force."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, choices: dict[str, Callable[[QAbstractButton], object]]) -> None:
        """Take for each value how its button gets its words."""
        super().__init__()
        self._theme = theme
        self._buttons: dict[str, Button] = {}
        self.setFixedHeight(MIN_TARGET)
        for value, name in choices.items():
            button = Button(theme, height=MIN_TARGET)
            button.setParent(self)
            button.setCheckable(True)
            button.clicked.connect(lambda _checked, value=value: self.chosen.emit(value))
            name(button)
            self._buttons[value] = button

    def set_value(self, value: str) -> None:
        """Show which one is in force."""
        for each, button in self._buttons.items():
            button.setChecked(each == value)

    def button(self, value: str) -> Button:
        """Give the button of a value."""
        return self._buttons[value]

    def sizeHint(self) -> QSize:
        return QSize(160 * len(self._buttons), MIN_TARGET)

    def resizeEvent(self, _event: object) -> None:
        width = (self.width() - 8 * (len(self._buttons) - 1)) // len(self._buttons)
        for index, button in enumerate(self._buttons.values()):
            button.setGeometry(index * (width + 8), 0, width, MIN_TARGET)
