"""The lists of the members room: who was found, and one member's coupons."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPen

from pos_app.domain.members import Member
from pos_app.services.knowing import OwnCoupon
from pos_app.ui.rooms.members import words
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

FIND_HEIGHT, COUPON_HEIGHT = 64, 48
_TIER, _END, _EDGE = 96, 188, 12


def paint_ground(painter: QPainter, theme: Theme, rect: QRect, *, current: bool) -> QRect:
    """Paint a row's ground and rule, the mark where it is the current one; give the room for its words."""
    color = theme.color
    painter.fillRect(rect, color("accent_soft" if current else "surface"))
    if current:
        painter.fillRect(rect.left(), rect.top(), 4, rect.height(), color("accent"))
    painter.setPen(QPen(color("rule"), 1))
    painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
    return rect.adjusted(_EDGE, 0, -_EDGE, 0)


class FoundRows(RowsView[Member]):
    """Those who were found, told apart by tier and masked phone."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, RowsModel(3, self._said), FIND_HEIGHT)
        self._texts = desk.texts

    def paint_row(self, painter: QPainter, rect: QRect, row: Member, state: RowState) -> None:
        theme, color = self.theme, self.theme.color
        inner = paint_ground(painter, theme, rect, current=state.current)
        strong, small = theme.font("strong", bold=True), theme.font("small")
        top = QRect(inner.left(), rect.top() + 8, inner.width() - _TIER, 26)
        painting.text(painter, top, words.name_of(row), font=strong, color=color("ink"), align=painting.LEFT)
        tier = QRect(inner.right() - _TIER, top.top(), _TIER, 26)
        said = words.tier_of(self._texts, row)
        painting.text(painter, tier, said, font=small, color=color("accent_deep"), align=painting.RIGHT)
        below = QRect(inner.left(), rect.top() + 35, inner.width(), 20)
        about = self._about(row)
        painting.text(painter, below, about, font=small, color=color("ink_soft"), align=painting.LEFT)

    def _about(self, row: Member) -> str:
        parts = (row.masked_phone, words.masked_card(row), row.home_store)
        return "　".join(part for part in parts if part) or row.id

    def _said(self, row: Member, column: int) -> str:
        return (words.name_of(row), words.tier_of(self._texts, row), self._about(row))[column]


class OwnCouponRows(RowsView[OwnCoupon]):
    """A member's coupons, the nearest end first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, RowsModel(3, self._said), COUPON_HEIGHT)
        self._texts = desk.texts
        self.active = False

    def paint_row(self, painter: QPainter, rect: QRect, row: OwnCoupon, state: RowState) -> None:
        del state
        theme, color = self.theme, self.theme.color
        inner = paint_ground(painter, theme, rect, current=False)
        body, small = theme.font("body"), theme.font("small")
        left = QRect(inner.left(), rect.top() + 3, inner.width() - _END, 22)
        painting.text(painter, left, words.coupon_name(row), font=body, color=color("ink"), align=painting.LEFT)
        below = QRect(inner.left(), rect.top() + 25, inner.width() - _END, 19)
        worth = words.worth_of(self._texts, row)
        painting.text(painter, below, worth, font=small, color=color("good"), align=painting.LEFT)
        end = QRect(inner.right() - _END, rect.top(), _END, rect.height())
        ink = color("accent_deep" if row.ends_soon else "ink_soft")
        painting.text(painter, end, words.end_of(self._texts, row), font=small, color=ink, align=painting.RIGHT)

    def _said(self, row: OwnCoupon, column: int) -> str:
        return (words.coupon_name(row), words.worth_of(self._texts, row), words.end_of(self._texts, row))[column]
