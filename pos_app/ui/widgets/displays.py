"""What shows a figure: an amount with its caption, a box that is typed into, a line of text. Painted, so that a change
of figure repaints itself and lays nothing out anew.
"""

from typing import Self

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets import painting

_CAPTION_HEIGHT = 24


class Display(QWidget):
    """What lies on a card and changes often. On an even ground it paints that too: what is beneath is left alone."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ground = ""
        theme.changed.connect(self.update)

    def on_ground(self, token: str) -> Self:
        """Say in which token's colour everything beneath it is."""
        self._ground = token
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        return self

    def painter(self) -> QPainter:
        """Begin to paint, on the ground where there is one."""
        painter = QPainter(self)
        if self._ground:
            painter.fillRect(self.rect(), self._theme.color(self._ground))
        return painter


class Figure(Display):
    """A caption and a large figure; the figure takes the largest of its sizes that fits."""

    def __init__(self, theme: Theme, sizes: tuple[str, ...], height: int = 0, *, align_right: bool = True) -> None:
        """Without a height it takes all that there is."""
        super().__init__(theme)
        self._sizes = sizes
        self._align = painting.RIGHT if align_right else painting.LEFT
        self._ink = "ink"
        self.caption = ""
        self.value = ""
        if height:
            self.setFixedHeight(height)
        upright = QSizePolicy.Policy.Fixed if height else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, upright)

    def set_caption(self, caption: str) -> None:
        """Say what the figure is."""
        self.caption = caption
        self.update()

    def set_value(self, value: str, ink: str = "ink") -> None:
        """Show a figure, in the colour of a token."""
        if (value, ink) != (self.value, self._ink):
            self.value, self._ink = value, ink
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, color = self.painter(), self._theme.color
        caption = QRect(0, 0, self.width(), _CAPTION_HEIGHT)
        font = self._theme.font("body")
        painting.text(painter, caption, self.caption, font=font, color=color("ink_soft"), align=painting.LEFT)
        below = self.rect().adjusted(0, _CAPTION_HEIGHT, 0, 0)
        figure = painting.fitted(self._theme, self.value, below.width(), self._sizes)
        painting.text(painter, below, self.value, font=figure, color=color(self._ink), align=self._align)


class EntryBox(QWidget):
    """A box that is typed into by the keys of its page or by the pad; it needs no focus of its own."""

    pressed = Signal()

    def __init__(self, theme: Theme, *, size: str = "figure", height: int = 64, secret: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._size = size
        self._secret = secret
        self._text = ""
        self._fresh = False
        self.caption = ""
        self.active = True
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def shown(self) -> str:
        """What a person reads in it: a secret is dots."""
        return "●" * len(self._text) if self._secret else self._text

    def set_caption(self, caption: str) -> None:
        """Say what belongs in it."""
        self.caption = caption
        self.setAccessibleName(caption)
        self.update()

    def set_active(self, *, active: bool) -> None:
        """Show whether the next key goes here."""
        self.active = active
        self.update()

    def set_text(self, text: str, *, fresh: bool = False) -> None:
        """Show what was typed; a fresh text is a suggestion, that the next key replaces."""
        self._text, self._fresh = text, fresh
        self.update()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.pressed.emit()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = self._theme.color
        painting.box(painter, self.rect(), color("surface"), color("accent" if self.active else "outline"))
        if self.active:
            painting.box(painter, self.rect().adjusted(1, 1, -1, -1), color("surface"), color("accent"))
        inner = self.rect().adjusted(16, 0, -16, 0)
        caption = self._theme.font("body")
        painting.text(painter, inner, self.caption, font=caption, color=color("ink_soft"), align=painting.LEFT)
        font = self._theme.font(self._size, bold=True)
        words, ink = self.shown, color("ink")
        width = painting.width_of(words, font)
        if self._fresh and words:
            marked = QRect(inner.right() - width - 5, inner.center().y() - 20, width + 8, 40)
            painting.box(painter, marked, color("accent_soft"))
        painting.text(painter, inner.adjusted(0, 0, -4, 0), words, font=font, color=ink, align=painting.RIGHT)
        if self.active and not self._fresh:
            painter.fillRect(inner.right() - 1, inner.center().y() - 14, 2, 28, color("accent"))


class Words(Display):
    """One line of words in a step of the type scale; cut, never wrapped."""

    def __init__(self, theme: Theme, size: str = "body", *, bold: bool = False, ink: str = "ink") -> None:
        super().__init__(theme)
        self._size, self._bold, self._ink = size, bold, ink
        self._align = painting.LEFT
        self.words = ""
        self.key = ""
        """The key that is shown beside it, at the right."""
        self.setFixedHeight(QFontMetrics(theme.font(size, bold=bold)).height() + 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def centred(self) -> "Words":
        """Write it in the middle."""
        return self.aligned(painting.CENTRE)

    def aligned(self, align: painting.Align) -> "Words":
        """Write it elsewhere than at the left."""
        self._align = align
        return self

    def set_key(self, key: str) -> None:
        """Show a key beside it."""
        self.key = key
        self.setFixedHeight(max(self.height(), 28))

    @property
    def needed_width(self) -> int:
        """How wide it must be to be read whole."""
        return painting.width_of(self.words, self._theme.font(self._size, bold=self._bold))

    def set_words(self, words: str, ink: str | None = None) -> None:
        """Write something else. The room it has stays as it is: nothing is laid out anew."""
        ink = ink or self._ink
        if (words, ink) != (self.words, self._ink):
            self.words, self._ink = words, ink
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = self.painter()
        font = self._theme.font(self._size, bold=self._bold)
        ink = self._theme.color(self._ink)
        painting.text(painter, self.rect(), self.words, font=font, color=ink, align=self._align)
        painting.key_cap(painter, self._theme, self.rect(), self.key, ink=ink)


class Surface(QWidget):
    """A card: a rounded box in a token's colour under what lies on it."""

    def __init__(self, theme: Theme, fill: str = "surface", outline: str | None = "rule") -> None:
        super().__init__()
        self._theme, self._fill, self._outline = theme, fill, outline
        theme.changed.connect(self.update)

    def set_fill(self, fill: str, outline: str | None = None) -> None:
        """Change the token of the card."""
        self._fill, self._outline = fill, outline
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        outline = self._theme.color(self._outline) if self._outline else None
        painting.box(QPainter(self), self.rect(), self._theme.color(self._fill), outline)


class Ground(QWidget):
    """An even ground in a token's colour, opaque, so that nothing beneath is painted for it."""

    def __init__(self, theme: Theme, fill: str = "ground") -> None:
        super().__init__()
        self._theme, self._fill = theme, fill
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._theme.color(self._fill))
