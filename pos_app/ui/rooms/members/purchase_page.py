"""One purchase opened: where and when it was, what was in it, what it came to."""

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout

from pos_app.domain.purchases import BoughtLine, Purchase
from pos_app.ui.rooms.members.rows import paint_ground
from pos_app.ui.rooms.members.timeline import said_of
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text, counted_text
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT = 44
_AMOUNT, _COUNT = 120, 90


class BoughtRows(RowsView[BoughtLine]):
    """Its goods."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, RowsModel(3, _said), ROW_HEIGHT)
        self.active = False

    def paint_row(self, painter: QPainter, rect: QRect, row: BoughtLine, state: RowState) -> None:
        del state
        theme, color = self.theme, self.theme.color
        inner = paint_ground(painter, theme, rect, current=False)
        body = theme.font("body")
        name = inner.adjusted(0, 0, -_AMOUNT - _COUNT, 0)
        painting.text(
            painter, name, row.name, font=body, color=color("ink"), align=painting.LEFT, end=painting.NAME_END
        )
        count = QRect(inner.right() - _AMOUNT - _COUNT, rect.top(), _COUNT, rect.height())
        painting.text(painter, count, _said(row, 1), font=body, color=color("ink_soft"), align=painting.RIGHT)
        painting.text(painter, inner, _said(row, 2), font=body, color=color("ink"), align=painting.RIGHT)


def _said(row: BoughtLine, column: int) -> str:
    return (row.name, counted_text(row.quantity, ""), amount_text(row.amount))[column]


class PurchasePage(Ground):
    """The page; the arrows go to the ones before and after."""

    def __init__(self, desk: Desk, step: Callable[[int], object], closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._purchase: Purchase | None = None
        self.title = Words(desk.theme, "title", bold=True)
        self.about = Words(desk.theme, "body", ink="ink_soft")
        self.rows = BoughtRows(desk)
        self.more = Words(desk.theme, "small", ink="ink_soft")
        self.total = Words(desk.theme, "figure", bold=True).aligned(painting.RIGHT)
        self.points = Words(desk.theme, "body", ink="good").aligned(painting.RIGHT)
        self.back = ActionButton(desk, "panel.back", closed, height=64)
        card = Surface(desk.theme)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.addWidget(self.title)
        inside.addWidget(self.about)
        inside.addWidget(self.rows, 1)
        for part in (self.more, self.total, self.points):
            inside.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addWidget(self.back)
        self.layer = Layer({"panel.back": closed, "list.up": lambda: step(-1), "list.down": lambda: step(1)})
        desk.texts.on_change(self._write)

    def show_purchase(self, purchase: Purchase) -> None:
        """Show another one."""
        self._purchase = purchase
        self.rows.rows_model.replace(())
        self.rows.rows_model.replace(purchase.lines)
        self._write()

    def _write(self) -> None:
        purchase, texts = self._purchase, self._desk.texts
        if purchase is None:
            return
        self.title.set_words(said_of(texts, purchase))
        parts = (f"{purchase.at:%Y-%m-%d %H:%M}", purchase.store, purchase.number, purchase.note)
        self.about.set_words("　".join(part for part in parts if part))
        self.more.set_words(texts.tr("members.more_lines", count=purchase.more) if purchase.more else "")
        self.total.set_words(amount_text(purchase.amount))
        points = f"{purchase.points:+,}"
        self.points.set_words(texts.tr("members.points_moved", points=points) if purchase.points else "")
