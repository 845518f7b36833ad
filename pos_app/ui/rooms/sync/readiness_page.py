"""What works now: each subject with its grade and its last news, and beside it the replica, to compare or fetch again.

Reads the desk; its buttons ask the sync engine and wait for nothing.
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from pos_app.domain.readiness import Grade, Ready
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import time_text
from pos_app.ui.runtime.readiness_words import INK, state_words, subject_words
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.cards import Card
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT = 64
_STATE = 240
CARD_WIDTH = 360


class ReadinessRows(RowsView[Ready]):
    """The list."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        texts = desk.texts
        cells = (
            lambda row: subject_words(texts, row),
            lambda row: state_words(texts, row),
            self.news,
        )
        super().__init__(desk.theme, RowsModel(3, lambda row, column: cells[column](row)), ROW_HEIGHT)

    def news(self, row: Ready) -> str:
        """Say when something of it last changed here."""
        if row.grade is Grade.MISSING:
            return self._desk.texts.tr("ready.nothing")
        return self._desk.texts.tr("ready.news", at=time_text(row.news_at, self._desk.now()))

    def paint_row(self, painter: QPainter, rect: QRect, row: Ready, state: RowState) -> None:
        del state
        theme, texts = self.theme, self._desk.texts
        color = theme.color
        painter.fillRect(rect, color("surface"))
        painter.setPen(QPen(color("rule"), 1))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        inner = rect.adjusted(20, 0, -16, 0)
        top = QRect(inner.left(), rect.top() + 9, inner.width() - _STATE, 26)
        below = QRect(inner.left(), rect.top() + 35, inner.width() - _STATE, 20)
        body, small = theme.font("body", bold=True), theme.font("small")
        painting.text(painter, top, subject_words(texts, row), font=body, color=color("ink"), align=painting.LEFT)
        painting.text(painter, below, self.news(row), font=small, color=color("ink_soft"), align=painting.LEFT)
        ink, words = color(INK[row.grade]), state_words(texts, row)
        painting.text(painter, inner, words, font=theme.font("body"), color=ink, align=painting.RIGHT)


class ReadinessPage(Ground):
    """The list, and the replica as a whole beside it."""

    def __init__(self, desk: Desk, back: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self.rows = ReadinessRows(desk)
        self.back = ActionButton(desk, "panel.back", back, height=64)
        self.compare = ActionButton(desk, "sync.compare", self._compare, height=64)
        self.fetch = ActionButton(desk, "sync.fetch", self._fetch, height=64)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addLayout(self._left(), 1)
        row.addWidget(self._right())
        self.layer = Layer({button.action: button.click for button in (self.back, self.compare, self.fetch)})
        desk.on_status.append(self.refresh)
        desk.on_ready.append(self.refresh)
        desk.texts.on_change(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the desk as it stands."""
        line, tr, today = self._desk.line, self._desk.texts.tr, self._desk.now()
        self.rows.rows_model.replace(self._desk.ready)
        self.rows.viewport().update()
        self.pulled.set_words(tr("sync.busy") if line.busy else time_text(line.pulled_at, today))
        self.compared.set_words(self._compared_text(today))
        self.revisions.set_lines([f"{scope}  {rev:,}" for scope, rev in sorted(line.cursor.items())] or ["–"])

    def _compared_text(self, today: datetime) -> str:
        line, tr = self._desk.line, self._desk.texts.tr
        if line.compared_at is None:
            return "–"
        at = time_text(line.compared_at, today)
        return tr("sync.compared_mended", at=at, count=line.mended) if line.mended else tr("sync.compared_same", at=at)

    def _compare(self) -> None:
        register = self._desk.register
        self._desk.errands.run(register.compare, lambda _: self._desk.messages.note("note.comparing"))

    def _fetch(self) -> None:
        register = self._desk.register
        self._desk.errands.run(register.fetch_again, lambda _: self._desk.messages.note("note.fetching"))

    def _left(self) -> QVBoxLayout:
        desk = self._desk
        title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(title.set_words, "ready.title")
        listed = Surface(desk.theme)
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(1, 8, 1, 8)
        inside.addWidget(self.rows, 1)
        left = QVBoxLayout()
        left.setSpacing(16)
        left.addWidget(title)
        left.addWidget(listed, 1)
        left.addWidget(self.back)
        return left

    def _right(self) -> Card:
        card = Card(self._desk, "sync.down")
        card.setFixedWidth(CARD_WIDTH)
        self.pulled = card.add_fact("sync.pulled")
        self.compared = card.add_fact("sync.compared")
        self.revisions = card.add_facts("sync.cursor")
        card.column.addStretch(1)
        card.column.addWidget(self.compare)
        card.column.addWidget(self.fetch)
        return card
