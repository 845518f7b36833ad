"""A member's timeline: what they bought and did in every channel, the newest first, narrowed by channel, kind of goods
and period; and what they usually buy.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.purchases import Looked, Purchase
from pos_app.services.remembering import Remembered
from pos_app.ui.rooms.members.rows import paint_ground
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Words
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT: Final = 48
PERIODS: Final = (0, 30, 90, 365)
"""Days back; 0: all that is known."""
_AMOUNT: Final = 110
_NAMED: Final = 3


def said_of(texts: Texts, purchase: Purchase) -> str:
    """Name a purchase: ``门店销售 S001-R1-20260618-0042``."""
    channel = channel_name(texts, purchase.channel)
    kind = texts.tr(f"purchase.{purchase.kind}") if texts.has(f"purchase.{purchase.kind}") else purchase.kind
    return f"{channel}{texts.tr('purchase.join')}{kind}"


def channel_name(texts: Texts, channel: str) -> str:
    """Name a channel; one that the translations do not know goes by its id."""
    key = f"channel.{channel}"
    return texts.tr(key) if texts.has(key) else channel


class PurchaseRows(RowsView[Purchase]):
    """The list."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, RowsModel(3, self._said), ROW_HEIGHT)
        self._texts = desk.texts

    def paint_row(self, painter: QPainter, rect: QRect, row: Purchase, state: RowState) -> None:
        theme, color = self.theme, self.theme.color
        inner = paint_ground(painter, theme, rect, current=state.current)
        body, small = theme.font("body"), theme.font("small")
        top = QRect(inner.left(), rect.top() + 3, inner.width() - _AMOUNT, 22)
        head = f"{row.at:%Y-%m-%d %H:%M}　{said_of(self._texts, row)}"
        painting.text(painter, top, head, font=body, color=color("ink"), align=painting.LEFT)
        below = QRect(inner.left(), rect.top() + 25, inner.width() - _AMOUNT, 19)
        painting.text(painter, below, self._about(row), font=small, color=color("ink_soft"), align=painting.LEFT)
        amount = QRect(inner.right() - _AMOUNT, top.top(), _AMOUNT, 22)
        words = amount_text(row.amount) if row.amount else ""
        painting.text(painter, amount, words, font=body, color=color("ink"), align=painting.RIGHT)
        if not row.confirmed:
            under = QRect(amount.left(), below.top(), _AMOUNT, 19)
            waits = self._texts.tr("members.pending")
            painting.text(painter, under, waits, font=small, color=color("accent_deep"), align=painting.RIGHT)

    def _about(self, row: Purchase) -> str:
        names = "、".join(line.name for line in row.lines[:_NAMED])
        more = len(row.lines) + row.more - _NAMED
        return row.note or (f"{names} …+{more}" if more > 0 else names)

    def _said(self, row: Purchase, column: int) -> str:
        return (f"{row.at:%Y-%m-%d %H:%M} {said_of(self._texts, row)}", self._about(row), amount_text(row.amount))[
            column
        ]


class Timeline(QWidget):
    """The list with its filters."""

    def __init__(self, desk: Desk, opened: Callable[[Purchase], object]) -> None:
        super().__init__()
        self._desk = desk
        self._remembered = Remembered((), ())
        self._now: datetime | None = None
        self.looked = Looked()
        self.usual = Words(desk.theme, "small", ink="accent_deep")
        self.rows = PurchaseRows(desk)
        self._open = opened
        self.rows.clicked.connect(lambda _index: self.open_current())
        self.channel = ActionButton(desk, "members.channel", self.turn_channel, height=48)
        self.category = ActionButton(desk, "members.category", self.turn_category, height=48)
        self.period = ActionButton(desk, "members.period", self.turn_period, height=48)
        self.nothing = Words(desk.theme, "body", ink="ink_soft").centred()
        place = QWidget()
        self._shelf = QStackedLayout(place)
        self._shelf.addWidget(self.rows)
        self._shelf.addWidget(self.nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.usual)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.channel, self.category, self.period):
            row.addWidget(button)
        column.addLayout(row)
        column.addWidget(place, 1)
        desk.texts.on_change(self._write)

    def show_remembered(self, remembered: Remembered, now: datetime) -> None:
        """Show what a member bought; the filters stay."""
        self._remembered, self._now = remembered, now
        self._write()

    def reset(self) -> None:
        """Show everything: another member."""
        self.looked = Looked()

    def open_current(self) -> None:
        """Open the receipt of the current row."""
        row = self.rows.current_row()
        if row is not None:
            self._open(row)

    def step(self, rows: int) -> Purchase | None:
        """Go on by so many rows; give the one that is current then."""
        self.rows.step(rows)
        return self.rows.current_row()

    def turn_channel(self) -> None:
        """Show the next channel alone; after the last one all."""
        found = [each.channel for each in self._remembered.purchases]
        self._look(replace(self.looked, channel=_next(found, self.looked.channel)))

    def turn_category(self) -> None:
        """Show purchases with the next kind of goods alone; after the last one all."""
        found = sorted({each for purchase in self._remembered.purchases for each in purchase.categories})
        self._look(replace(self.looked, category=_next(found, self.looked.category)))

    def turn_period(self) -> None:
        """Show the next longer period."""
        self._look(replace(self.looked, days=PERIODS[(PERIODS.index(self.looked.days) + 1) % len(PERIODS)]))

    def _look(self, looked: Looked) -> None:
        self.looked = looked
        self._write()

    def _write(self) -> None:
        texts, now = self._desk.texts, self._now
        tr = texts.tr
        every = tr("members.every")
        channel = channel_name(texts, self.looked.channel) if self.looked.channel else every
        category = self._category(self.looked.category) if self.looked.category else every
        days = tr("members.days", days=self.looked.days) if self.looked.days else every
        for button, key, chosen in (
            (self.channel, "members.channel_is", channel),
            (self.category, "members.category_is", category),
            (self.period, "members.period_is", days),
        ):
            button.setText(tr(key, chosen=chosen))
            button.setAccessibleName(button.text())
        self.nothing.set_words(tr("members.no_purchases"))
        shown = [] if now is None else [each for each in self._remembered.purchases if self.looked.shows(each, now)]
        current = self.rows.current_row()
        self.rows.rows_model.replace(())
        self.rows.rows_model.replace(shown)
        self.rows.choose(next((at for at, each in enumerate(shown) if current and each.id == current.id), 0))
        self._shelf.setCurrentIndex(0 if shown else 1)
        self.usual.set_words(self._usual_text(now))
        self.rows.viewport().update()

    def _usual_text(self, now: datetime | None) -> str:
        tr, usual = self._desk.texts.tr, self._remembered.usual
        if not usual or now is None:
            return ""
        parts = [tr("members.usual_one", name=each.name, days=max(0, (now - each.last_at).days)) for each in usual[:2]]
        return tr("members.usual", goods="、".join(parts))

    def _category(self, category: str) -> str:
        key = f"category.{category}"
        return self._desk.texts.tr(key) if self._desk.texts.has(key) else category


def _next(found: Sequence[str], chosen: str) -> str:
    """Give the one behind the chosen one, each once in its order; nothing behind the last one."""
    every = ["", *dict.fromkeys(found)]
    return every[(every.index(chosen) + 1) % len(every)] if chosen in every else ""
