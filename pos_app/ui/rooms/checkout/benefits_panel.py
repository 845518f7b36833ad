"""Coupons and points beside the basket: which help now, best first, and what each saves. A digit, a tap or a scan."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.services.advising import Benefits, CouponAdvice
from pos_app.services.basket_pricing import BasketView
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.icons import icon
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.displays import Ground, Surface, Words
from pos_app.ui.widgets.rows import RowsModel, RowState, RowsView

ROW_HEIGHT = 56
MOST_KEYS = 9
_EDGE, _TICK = 12, 20


class BenefitVerbs(Protocol):
    """What the panel asks."""

    def toggle(self, advice: CouponAdvice) -> None: ...
    def take_best(self) -> None: ...
    def ask_code(self) -> None: ...
    def ask_points(self) -> None: ...
    def take_most_points(self) -> None: ...


class CouponRows(RowsView[tuple[int, CouponAdvice]]):
    """The coupons, numbered from 1 as their keys are."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, RowsModel(1, lambda row, _column: _said(desk, row[1])), ROW_HEIGHT)
        self._desk = desk

    def paint_row(self, painter: QPainter, rect: QRect, row: tuple[int, CouponAdvice], state: RowState) -> None:
        theme, (number, advice) = self.theme, row
        color = theme.color
        counts = advice.reason is None
        painter.fillRect(rect, color("accent_soft" if advice.is_presented else "surface"))
        if state.current:
            painter.fillRect(rect.left(), rect.top(), 4, rect.height(), color("accent"))
        painter.setPen(QPen(color("rule"), 1))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        inner = rect.adjusted(_EDGE, 0, -_EDGE, 0)
        cap = QRect(inner.left(), rect.top(), 28, rect.height())
        if number <= MOST_KEYS:
            painting.key_cap(painter, theme, cap, str(number), ink=color("ink_soft"))
        strong = theme.font("body", bold=True)
        saved = amount_text(-advice.saving) if counts else ""
        painting.text(painter, inner, saved, font=strong, color=color("good"), align=painting.RIGHT)
        room = inner.adjusted(36, 0, -painting.width_of(saved, strong) - 6, 0)
        if advice.is_presented and counts:
            tick = icon("tick", color("good"), _TICK, self.devicePixelRatioF())
            painter.drawPixmap(room.right() - _TICK, rect.center().y() - _TICK // 2, tick)
            room.adjust(0, 0, -_TICK - 4, 0)
        ink = color("ink" if counts else "ink_soft")
        top = QRect(room.left(), rect.top() + 6, room.width(), 24)
        painting.text(painter, top, advice.name, font=strong, color=ink, align=painting.LEFT)
        below = QRect(room.left(), rect.top() + 30, room.width(), 19)
        about, small = _about(self._desk, advice), theme.font("small")
        painting.text(painter, below, about, font=small, color=color("ink_soft"), align=painting.LEFT)


class BenefitsPanel(Ground):
    """Coupons and points of one basket."""

    def __init__(self, desk: Desk, verbs: BenefitVerbs, closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._verbs = verbs
        self._benefits: Benefits | None = None
        self._view: BasketView | None = None
        title = Words(desk.theme, "title", bold=True)
        desk.texts.bind(title.set_words, "benefits.title")
        self.about = Words(desk.theme, "body", ink="ink_soft")
        self.best = ActionButton(desk, "benefits.best", verbs.take_best, look="primary", height=56)
        self.rows = CouponRows(desk)
        self.rows.clicked.connect(lambda index: self._toggle(index.row()))
        self.points = Words(desk.theme, "body")
        self.ask_points = ActionButton(desk, "benefits.points", verbs.ask_points, height=48)
        self.most_points = ActionButton(desk, "benefits.most_points", verbs.take_most_points, height=48)
        self.code = ActionButton(desk, "benefits.code", verbs.ask_code, height=48)
        self.back = ActionButton(desk, "panel.back", closed, look="quiet", height=48)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (title, self.about, self.best):
            column.addWidget(part)
        column.addWidget(self._list(), 1)
        column.addWidget(self.points)
        pair = QHBoxLayout()
        pair.setSpacing(8)
        pair.addWidget(self.ask_points)
        pair.addWidget(self.most_points)
        column.addLayout(pair)
        column.addWidget(self.code)
        column.addWidget(self.back)
        buttons = (self.best, self.ask_points, self.most_points, self.code)
        self.layer = Layer(
            {button.action: button.click for button in buttons}
            | {
                "panel.back": closed,
                "panel.confirm": lambda: self._toggle(self.rows.currentIndex().row()),
                "list.up": lambda: self.rows.step(-1),
                "list.down": lambda: self.rows.step(1),
                "list.page_up": lambda: self.rows.step(-self.rows.page_rows()),
                "list.page_down": lambda: self.rows.step(self.rows.page_rows()),
            },
            typing=self._typed,
        )
        desk.texts.on_change(self._name)

    def show_benefits(self, view: BasketView, benefits: Benefits) -> None:
        """Show what may be used for a basket."""
        self._view, self._benefits = view, benefits
        chosen = max(self.rows.currentIndex().row(), 0)
        self.rows.rows_model.replace(())
        self.rows.rows_model.replace(list(enumerate(benefits.coupons, 1)))
        self.rows.choose(chosen)
        self._shelf.setCurrentIndex(0 if benefits.coupons else 1)
        better = [each for each in benefits.coupons if each.is_best and not each.is_presented]
        self.best.setEnabled(bool(better))
        member = view.basket.member
        usable = 0 if member is None else member.points - member.held_back
        self.ask_points.setEnabled(usable > 0 or view.quote.points_used > 0)
        self.most_points.setEnabled(benefits.most_points > 0)
        self._name()

    def _toggle(self, at: int) -> None:
        rows = self.rows.rows_model.rows
        if 0 <= at < len(rows):
            self._verbs.toggle(rows[at][1])

    def _typed(self, typed: str) -> bool:
        if typed.isdecimal() and typed != "0":
            self._toggle(int(typed) - 1)
            return True
        return False

    def _name(self) -> None:
        view, benefits = self._view, self._benefits
        if view is None or benefits is None:
            return
        tr, member, quote = self._desk.texts.tr, view.basket.member, view.quote
        about = tr("benefits.no_member") if member is None else tr("benefits.of", name=member.name or member.id)
        self.about.set_words(about)
        self.best.setText(tr("benefits.best", amount=amount_text(benefits.best_saving)))
        self.best.setAccessibleName(self.best.text())
        if quote.points_used:
            words = tr("benefits.points_used", points=f"{quote.points_used:,}", amount=amount_text(quote.points_amount))
        elif member is None:
            words = tr("benefits.points_none")
        else:
            key = f"benefits.points_{benefits.held or 'left'}"
            words = tr(key, points=f"{member.points:,}", most=f"{benefits.most_points:,}")
        self.points.set_words(words)
        self.rows.viewport().update()

    def _list(self) -> QWidget:
        nothing = Words(self._desk.theme, "body", ink="ink_soft").centred()
        self._desk.texts.bind(nothing.set_words, "benefits.nothing")
        card = Surface(self._desk.theme)
        inside = QWidget()
        self._shelf = QStackedLayout(inside)
        self._shelf.addWidget(self.rows)
        self._shelf.addWidget(nothing)
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 6, 1, 6)
        column.addWidget(inside)
        return card


def _said(desk: Desk, advice: CouponAdvice) -> str:
    saved = amount_text(-advice.saving) if advice.reason is None else ""
    return f"{advice.name} {_about(desk, advice)} {saved}".strip()


def _about(desk: Desk, advice: CouponAdvice) -> str:
    """Say what stands in its way; else its number."""
    if advice.reason is not None:
        return desk.texts.tr(f"coupon.{advice.reason}")
    return advice.coupon.id
