"""The basket's foot: what is nearly earned, best first, and a gift or add-on that may be put in by one key.

It takes room under the lines only while it has something to say, and never lies over them.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.services.advising import OfferedGoods
from pos_app.ui.rooms.checkout.ringing import HintRow
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.action_button import ActionButton

HINT_HEIGHT = 30
_EDGE = 16


class FootBar(QWidget):
    """Hints as lines, the first offer as a button."""

    def __init__(self, desk: Desk, take: Callable[[], object]) -> None:
        super().__init__()
        self._desk = desk
        self.hints = HintLines(desk)
        self.offer = ActionButton(desk, "checkout.offer", take, height=48)
        self._offered: Sequence[OfferedGoods] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.hints)
        column.addWidget(self.offer)
        desk.texts.on_change(self._name)
        self.show_offers(())
        self.show_hints(())

    def show_hints(self, hints: Sequence[HintRow]) -> None:
        """Show what is nearly earned."""
        self.hints.show_hints(hints)
        self._fit()

    def show_offers(self, offered: Sequence[OfferedGoods]) -> None:
        """Show the first of what may be put in."""
        self._offered = offered
        self.offer.setVisible(bool(offered))
        self._name()
        self._fit()

    def _fit(self) -> None:
        self.setVisible(bool(self._offered) or bool(self.hints.words))

    def _name(self) -> None:
        if self._offered:
            self.offer.setText(offer_text(self._desk, self._offered[0]))
            self.offer.setAccessibleName(self.offer.text())


def offer_text(desk: Desk, offered: OfferedGoods) -> str:
    """Say what is offered: the one good by its name, several by how many they are."""
    tr, goods = desk.texts.tr, offered.goods
    what = goods[0].product.name if len(goods) == 1 else tr("offer.choice", count=len(goods), name=offered.offer.name)
    if offered.offer.price:
        return tr("offer.addon", goods=what, price=amount_text(offered.offer.price))
    return tr("offer.gift", goods=what)


class HintLines(QWidget):
    """At most three lines of words."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._hints: tuple[HintRow, ...] = ()
        self.words: tuple[str, ...] = ()
        desk.theme.changed.connect(self.update)
        desk.texts.on_change(self._say)

    def show_hints(self, hints: Sequence[HintRow]) -> None:
        """Show other hints; the room is laid out anew where there are more or fewer."""
        if tuple(hints) == self._hints:
            return
        self._hints = tuple(hints)
        self._say()
        self.setFixedHeight(HINT_HEIGHT * len(self._hints))
        self.setVisible(bool(self._hints))

    def _say(self) -> None:
        self.words = tuple(hint_text(self._desk, hint) for hint in self._hints)
        self.setAccessibleName("\n".join(self.words))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._desk.theme
        painter.setPen(QPen(theme.color("rule"), 1))
        painter.drawLine(0, 0, self.width(), 0)
        for at, words in enumerate(self.words):
            rect = QRect(_EDGE, at * HINT_HEIGHT, self.width() - 2 * _EDGE, HINT_HEIGHT)
            ink = theme.color("accent_deep" if at == 0 else "ink_soft")
            painting.text(painter, rect, words, font=theme.font("body"), color=ink, align=painting.LEFT)


def hint_text(desk: Desk, hint: HintRow) -> str:
    """Write a hint: how much more for what."""
    amount = amount_text(hint.amount) if hint.text_key == "spend_more" else str(hint.amount)
    return desk.texts.tr(f"hint.{hint.text_key}", amount=amount, name=hint.name)
