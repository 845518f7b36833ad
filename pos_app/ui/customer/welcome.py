"""Between customers: the store's name, a greeting and what is on offer now."""

from collections.abc import Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent

from pos_app.services.looking_up import Campaign
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.icons import icon
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.displays import Ground

ROW_HEIGHT = 52
_EDGE = 32
_PICTURE = 72
_HEAD_HEIGHT = 104
_CAPTION_HEIGHT = 44
_UNTIL_WIDTH = 190


class Welcome(Ground):
    """Painted in one go."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self.campaigns: Sequence[Campaign] = ()
        desk.texts.on_change(self.update)

    def show_campaigns(self, campaigns: Sequence[Campaign]) -> None:
        """Show what is on offer."""
        self.campaigns = campaigns
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        room = self.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        rows = min(len(self.campaigns), max(0, (room.height() - _HEAD_HEIGHT - _CAPTION_HEIGHT) // ROW_HEIGHT))
        top = room.top() if rows else room.center().y() - _HEAD_HEIGHT // 2
        self._paint_greeting(painter, QRect(room.left(), top, room.width(), _PICTURE))
        if rows:
            top += _HEAD_HEIGHT
            caption, deep = QRect(room.left(), top, room.width(), 32), self._theme.color("accent_deep")
            words, font = self._desk.texts.tr("customer.offers"), self._theme.font("title", bold=True)
            painting.text(painter, caption, words, font=font, color=deep, align=painting.LEFT)
            top += _CAPTION_HEIGHT
        for campaign in self.campaigns[:rows]:
            self._paint_campaign(painter, QRect(room.left(), top, room.width(), ROW_HEIGHT - 8), campaign)
            top += ROW_HEIGHT

    def _paint_greeting(self, painter: QPainter, rect: QRect) -> None:
        theme, tr = self._theme, self._desk.texts.tr
        picture = icon("grain", theme.color("accent"), _PICTURE, self.devicePixelRatioF())
        painter.drawPixmap(rect.topLeft(), picture)
        room = rect.adjusted(_PICTURE + 24, 0, 0, 0)
        upper = QRect(room.left(), room.top(), room.width(), 44)
        lower = QRect(room.left(), room.top() + 44, room.width(), 28)
        ink, soft = theme.color("ink"), theme.color("ink_soft")
        large, title = theme.font("large", bold=True), theme.font("title")
        painting.text(painter, upper, tr("customer.welcome"), font=large, color=ink, align=painting.LEFT)
        name = self._desk.identity.store_name or tr("brand.name")
        painting.text(painter, lower, name, font=title, color=soft, align=painting.LEFT)

    def _paint_campaign(self, painter: QPainter, rect: QRect, campaign: Campaign) -> None:
        theme, ends = self._theme, campaign.until
        painting.box(painter, rect, theme.color("surface"), theme.color("rule"))
        inner = rect.adjusted(16, 0, -16, 0)
        until = "" if ends is None else self._desk.texts.tr("customer.until", month=ends.month, day=ends.day)
        name = inner.adjusted(0, 0, -_UNTIL_WIDTH if until else 0, 0)
        title, body, soft = theme.font("title"), theme.font("body"), theme.color("ink_soft")
        painting.text(painter, name, campaign.name, font=title, color=theme.color("ink"), align=painting.LEFT)
        painting.text(painter, inner, until, font=body, color=soft, align=painting.RIGHT)
