"""The strip at the foot: is the line up and since when, what waits, what works now, the printer, who is here.

Offline is calm. Red is for what needs a hand: the printer, a line that talks rubbish.
"""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import time_text
from pos_app.ui.runtime.readiness_words import strip_words
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.displays import Ground

HEIGHT = 40
_DOT = 10
_WORTH_MORE = 56
"""With less room than this beside what must be read, the rest is left out rather than cut to a sign or two."""


class Sign(QWidget):
    """A dot and some words. The dot is a token's colour, a ring when hollow, or not there."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.words = ""
        self.least = ""
        """What the words begin with and are not shown without; a sign that may give way gives way down to it."""
        self._ink = "rail_soft"
        self._dot: str | None = None
        self._hollow = False
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_words(self, words: str, dot: str | None = None, *, hollow: bool = False, ink: str = "ink_soft") -> None:
        """Say something else."""
        if (words, dot, hollow, ink) == (self.words, self._dot, self._hollow, self._ink):
            return
        self.words, self._dot, self._hollow, self._ink = words, dot, hollow, ink
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    @property
    def shown(self) -> str:
        """What of the words there is room for, but for an ellipsis."""
        whole = self.width() >= self._width_of(self.words)
        more = self.width() - self._width_of(self.least) >= _WORTH_MORE
        return self.words if not self.least or whole or more else self.least

    def sizeHint(self) -> QSize:
        return QSize(self._width_of(self.words), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width_of(self.least) if self.least else 0, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._desk.theme
        room = self.rect()
        if self._dot:
            color = theme.color(self._dot)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush if self._hollow else color)
            painter.drawEllipse(QRectF(1, room.center().y() - _DOT / 2 + 1, _DOT - 2, _DOT - 2))
            room = room.adjusted(_DOT + 8, 0, 0, 0)
        ink = theme.color(self._ink)
        painting.text(painter, room, self.shown, font=theme.font("small"), color=ink, align=painting.LEFT)

    def _width_of(self, words: str) -> int:
        return painting.width_of(words, self._desk.theme.font("small")) + (_DOT + 8 if self._dot else 0) + 2


class StatusStrip(Ground):
    """The strip. Reads the desk, changes nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, "surface")
        self._desk = desk
        self.setFixedHeight(HEIGHT)
        self.line, self.waiting, self.ready, self.printer = (Sign(desk) for _ in range(4))
        self.shift, self.operator, self.place = (Sign(desk) for _ in range(3))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(24)
        for sign in (self.line, self.waiting, self.ready, self.printer):
            row.addWidget(sign)
        row.addStretch(1)
        row.addWidget(self.shift)
        row.addWidget(self.operator)
        self.place.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row.addWidget(self.place)
        desk.on_status.append(self.refresh)
        desk.on_ready.append(self.refresh)
        desk.texts.on_change(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the desk as it stands."""
        desk, line, printer = self._desk, self._desk.line, self._desk.printer
        tr, today = desk.texts.tr, desk.now()
        since = time_text(line.since, today)
        if line.online:
            self.line.set_words(tr("strip.online", since=since), "good")
        else:
            self.line.set_words(tr("strip.offline", since=since), "ink_soft", hollow=True)
        self.waiting.set_words(tr("strip.waiting" if line.waiting else "strip.none_waiting", count=line.waiting))
        self.ready.set_words(strip_words(desk.texts, desk.ready))
        if printer.state == "down":
            self.printer.set_words(tr("strip.printer_down", count=printer.queued), "trouble", ink="trouble")
        else:
            self.printer.set_words(tr(f"strip.printer_{printer.state}"))
        self._show_shift()
        self.operator.set_words("" if desk.operator is None else desk.operator.name, ink="ink")
        identity = desk.identity
        self.place.least = identity.device
        self.place.set_words(" · ".join(part for part in (identity.device, identity.store_name) if part))

    def _show_shift(self) -> None:
        """Say whose shift is open, and to which day belongs what happens now, where that is not the calendar's."""
        holder, tr = self._desk.holder, self._desk.texts.tr
        self.shift.setVisible(holder is not None and (holder.shift is not None or holder.late))
        if holder is None:
            return
        day = f"{holder.business_date:%m-%d}"
        if holder.shift is None:
            self.shift.set_words(tr("strip.late", day=day) if holder.late else "")
            return
        number, name = f"{holder.shift.number:04d}", holder.name
        if holder.overdue:
            opened = f"{holder.shift.business_date:%m-%d}"
            self.shift.set_words(tr("strip.overdue", number=number, day=opened), "trouble", ink="trouble")
        else:
            self.shift.set_words(
                tr("strip.shift_late" if holder.late else "strip.shift", number=number, name=name, day=day)
            )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QPen(self._desk.theme.color("rule"), 1))
        painter.drawLine(0, 0, self.width(), 0)
