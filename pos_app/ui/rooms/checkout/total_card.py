"""The card over the actions: what the basket comes to, as it adds up on paper, and whose it is."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.ui.rooms.checkout.ringing import Rung
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.displays import Figure, Surface, Words

FIGURE_HEIGHT = 96
_GAP = 8


class SideBySide(QWidget):
    """Two words in one line, half of it each; what one needs more and the other leaves is given to it.

    So most changes of words move nothing.
    """

    def __init__(self, left: Words, right: Words) -> None:
        super().__init__()
        self._left, self._right = left, right
        for each in (left, right):
            each.on_ground("surface").setParent(self)
        self.setFixedHeight(max(left.height(), right.height()))

    def share(self) -> None:
        """Divide the line by what is written now."""
        room, left, right = self.width() - _GAP, self._left.needed_width, self._right.needed_width
        at = room // 2
        if right <= at < left:
            at = min(left, room - right)
        elif left <= at < right:
            at = max(left, room - right)
        self._left.setGeometry(0, 0, at, self.height())
        self._right.setGeometry(at + _GAP, 0, room - at, self.height())

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.share()


class TotalCard(Surface):
    """Gross, what came off, what is to be paid. Each figure has its place, whether there is one or not."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        theme = desk.theme
        self.count = Words(theme, "body", ink="ink_soft")
        self.gross = Words(theme, "body", ink="ink_soft").aligned(painting.RIGHT)
        self.saving = Words(theme, "body", ink="good")
        self.points = Words(theme, "body", ink="good").aligned(painting.RIGHT)
        self.total = Figure(theme, ("huge", "large", "figure"), FIGURE_HEIGHT)
        self.saved = Words(theme, "body", ink="good")
        self.rounding = Words(theme, "body", ink="good").aligned(painting.RIGHT)
        self.member = Words(theme, "body", bold=True, ink="accent_deep")
        self.standing = Words(theme, "body", ink="accent_deep").aligned(painting.RIGHT)
        self._paid = 0
        desk.texts.on_change(self._caption)
        self._caption()
        self.total.on_ground("surface")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(0)
        above = SideBySide(self.count, self.gross), SideBySide(self.saving, self.points)
        below = SideBySide(self.saved, self.rounding), SideBySide(self.member, self.standing)
        self._rows = (*above, *below)
        for part in (*above, self.total, *below):
            column.addWidget(part)

    def show_paid(self, paid: int) -> None:
        """Say how much of it was taken already, in fen."""
        self._paid = paid
        self._caption()

    def _caption(self) -> None:
        tr = self._desk.texts.tr
        partly = tr("total.partly_paid", amount=amount_text(self._paid))
        self.total.set_caption(partly if self._paid else tr("total.payable"))

    def show_rung(self, rung: Rung) -> None:
        """Show another basket."""
        tr = self._desk.texts.tr
        self.total.set_value(amount_text(rung.payable))
        self.count.set_words(tr("total.count", lines=len(rung.rows), pieces=rung.pieces))
        quote = None if rung.view is None else rung.view.quote

        def off(key: str, amount: int) -> str:
            return tr(key, amount=amount_text(-amount)) if amount else ""

        came_off = quote is not None and quote.gross != quote.payable
        self.gross.set_words(tr("total.gross", amount=amount_text(quote.gross)) if quote and came_off else "")
        self.saving.set_words(off("total.saving", quote.saving if quote else 0))
        self.points.set_words(off("total.points", quote.points_amount if quote else 0))
        self.rounding.set_words(off("total.rounding", quote.rounding if quote else 0))
        saved = rung.below_base + (quote.saving if quote else 0)
        self.saved.set_words(tr("total.saved", amount=amount_text(saved)) if rung.below_base else "")
        member = rung.member
        self.member.set_words("" if member is None else tr("total.member", name=member.name or member.id))
        tier = "" if member is None else tier_text(self._desk, member.tier)
        self.standing.set_words("" if member is None else tr("total.standing", tier=tier, points=f"{member.points:,}"))
        for row in self._rows:
            row.share()


def tier_text(desk: Desk, tier: str) -> str:
    """Name a member's tier; one that the translations do not know goes by its code."""
    key = f"tier.{tier}"
    return desk.texts.tr(key) if desk.texts.has(key) else tier


def sum_text(rung: Rung, desk: Desk) -> str:
    """Write how what is to be paid comes about; nothing where nothing came off."""
    quote = None if rung.view is None else rung.view.quote
    if quote is None or quote.gross == quote.payable:
        return ""
    tr = desk.texts.tr
    off = {"saving": quote.saving, "points": quote.points_amount, "rounding": quote.rounding}
    parts = [tr("total.gross", amount=amount_text(quote.gross))]
    parts += [tr(f"total.{key}", amount=amount_text(-amount)) for key, amount in off.items() if amount]
    return "　".join(parts)
