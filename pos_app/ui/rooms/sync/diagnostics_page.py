"""The diagnostics bundle: what is in it, where it goes, and where it is once it is written.

The usual places are listed; any other folder can be typed. Knows nothing of what is written.
"""

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from pos_app.domain.errors import GranaryError
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.places import usual_places
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.cards import Card
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.paragraph import Paragraph
from pos_app.ui.widgets.plain_field import PlainField
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT = 56
CARD_WIDTH = 360


class PlaceRows(RowsView[str]):
    """The usual places."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, RowsModel(1, lambda row, _column: row), ROW_HEIGHT)

    def paint_row(self, painter: QPainter, rect: QRect, row: str, state: RowState) -> None:
        color = self.theme.color
        self.paint_plate(painter, rect, state)
        inner = rect.adjusted(20, 0, -16, 0)
        painting.text(painter, inner, row, font=self.theme.font("body"), color=color("ink"), align=painting.LEFT)


class DiagnosticsPage(Ground):
    """Choose a place, write, read where it is."""

    def __init__(self, desk: Desk, back: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self.rows = PlaceRows(desk)
        self.rows.chosen = self._chosen
        self.folder = PlainField()
        self.said = Paragraph(desk.theme)
        self.back = ActionButton(desk, "panel.back", back, height=64)
        self.write = ActionButton(desk, "diagnostics.write", self._write, look="primary", height=64)
        self.folder.returnPressed.connect(self.write.click)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addLayout(self._left(), 1)
        row.addWidget(self._right())
        self.layer = Layer(
            {
                "panel.back": self.back.click,
                "diagnostics.write": self.write.click,
                "list.up": lambda: self.rows.step(-1),
                "list.down": lambda: self.rows.step(1),
            }
        )

    def begin(self) -> None:
        """List the places anew: a stick may have been plugged in."""
        self.rows.rows_model.replace(usual_places())
        self.said.set_words("")
        self.rows.choose(0)
        self._chosen()

    def _chosen(self) -> None:
        self.folder.setText(self.rows.current_row() or self.folder.text())

    def _write(self) -> None:
        target = self.folder.text().strip()
        self.write.setEnabled(False)
        self.said.set_words(self._desk.texts.tr("diagnostics.writing"), "ink_soft")
        register = self._desk.register
        self._desk.errands.run(lambda: register.write_diagnostics(target), self._written, self._refused)

    def _written(self, path: str) -> None:
        self.write.setEnabled(True)
        self.said.set_words(self._desk.texts.tr("diagnostics.written", path=path), "good")

    def _refused(self, error: GranaryError) -> None:
        self.write.setEnabled(True)
        self._desk.messages.sound("refused")
        self.said.set_words(self._desk.messages.text_of(error), "trouble")

    def _left(self) -> QVBoxLayout:
        desk = self._desk
        title, caption = Words(desk.theme, "title", bold=True), Words(desk.theme, "small", ink="ink_soft")
        desk.texts.bind(title.set_words, "diagnostics.title")
        desk.texts.bind(caption.set_words, "diagnostics.folder")
        listed = Surface(desk.theme)
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(1, 8, 1, 8)
        inside.addWidget(self.rows, 1)
        left = QVBoxLayout()
        left.setSpacing(16)
        for part in (title, listed, caption, self.folder, self.back):
            left.addWidget(part, 1 if part is listed else 0)
        return left

    def _right(self) -> Card:
        card = Card(self._desk, "diagnostics.about")
        card.setFixedWidth(CARD_WIDTH)
        for key in ("diagnostics.inside", "diagnostics.not_inside"):
            words = Paragraph(self._desk.theme)
            self._desk.texts.bind(words.set_words, key)
            card.column.addWidget(words)
            card.column.addSpacing(8)
        card.column.addWidget(self.said)
        card.column.addStretch(1)
        card.column.addWidget(self.write)
        return card
