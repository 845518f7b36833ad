"""What may stand at the right of the members room: nobody, a card, a question, a form; one of them, with its keys."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.purchases import Purchase
from pos_app.domain.registration import Asked
from pos_app.ui.rooms.members.card_view import CardView
from pos_app.ui.rooms.members.purchase_page import PurchasePage
from pos_app.ui.rooms.members.register_form import RegisterForm
from pos_app.ui.rooms.members.welcome_panel import WelcomePanel
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.choice_panel import ChoicePanel
from pos_app.ui.widgets.empty_place import EmptyPlace


@dataclass(frozen=True, slots=True)
class Verbs:
    """What the pages ask of the room."""

    take: Callable[[], object]
    usual: Callable[[], object]
    reveal: Callable[[], object]
    register: Callable[[Asked], object]
    close: Callable[[], object]


class Pages(QWidget):
    """The pages. ``opened`` hears the layer of the page that is open, None for the card and for nobody."""

    def __init__(self, desk: Desk, verbs: Verbs, opened: Callable[[Layer | None], object]) -> None:
        super().__init__()
        self._opened = opened
        self.view = CardView(desk, self.open_purchase)
        self.purchase = PurchasePage(desk, self._step, verbs.close)
        self.reason = ChoicePanel(desk, verbs.close)
        self.form = RegisterForm(desk, verbs.register, verbs.close)
        self.welcome = WelcomePanel(desk, verbs.take, verbs.close)
        self.take = ActionButton(desk, "members.take", verbs.take, look="primary", height=64)
        self.usual = ActionButton(desk, "members.usual", verbs.usual, height=64)
        self.reveal = ActionButton(desk, "members.reveal", verbs.reveal, height=64)
        self._nobody = EmptyPlace(desk, "person", "members.nobody", "members.nobody_hint")
        self._card = QWidget()
        column = QVBoxLayout(self._card)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.reveal, self.usual, self.take):
            row.addWidget(button, 1)
        column.addLayout(row)
        self._stack = QStackedLayout(self)
        for page in (self._nobody, self._card, self.reason, self.form, self.welcome, self.purchase):
            self._stack.addWidget(page)

    def open_card(self, *, anybody: bool) -> None:
        """Show the card, or that nobody is chosen."""
        self.form.leave()
        self._stack.setCurrentWidget(self._card if anybody else self._nobody)
        self._opened(None)

    def open(self, page: ChoicePanel | RegisterForm | WelcomePanel | PurchasePage) -> None:
        """Show another page."""
        self._stack.setCurrentWidget(page)
        self._opened(page.layer)

    def open_purchase(self, purchase: Purchase) -> None:
        """Open a receipt."""
        self.purchase.show_purchase(purchase)
        self.open(self.purchase)

    def _step(self, rows: int) -> None:
        stepped = self.view.timeline.step(rows)
        if stepped is not None:
            self.purchase.show_purchase(stepped)

    @property
    def asking(self) -> bool:
        """Whether a question or a form is open, which a change of data does not take away."""
        return self._stack.currentWidget() not in (self._nobody, self._card)
