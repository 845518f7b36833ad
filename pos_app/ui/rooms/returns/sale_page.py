"""A sale whose goods come back: its lines at the left; at the right the refund, its story and what may be done."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.errors import GranaryError
from pos_app.ui.rooms.checkout.line_panel import StoryRows
from pos_app.ui.rooms.checkout.pad_panel import PadPanel, Question
from pos_app.ui.rooms.checkout.receipts_page import moment_text
from pos_app.ui.rooms.returns.coming_back import ComingBack, story_of
from pos_app.ui.rooms.returns.sold_rows import SoldRows
from pos_app.ui.rooms.returns.waiting import Waiting
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.approval_pad import ApprovalPad
from pos_app.ui.widgets.displays import Figure, Ground, Surface, Words
from pos_app.ui.widgets.paragraph import Paragraph

SIDE_WIDTH = 320


class SaleVerbs(Protocol):
    """What the page asks of the presenter."""

    def toggle(self) -> None: ...
    def choose_all(self) -> None: ...
    def ask_quantity(self) -> None: ...
    def next_reason(self) -> None: ...
    def begin_exchange(self) -> None: ...
    def settle(self) -> None: ...
    def start(self) -> None: ...
    def back_to_sale(self) -> None: ...


class SalePage(Ground):
    """One sale at a time."""

    def __init__(self, desk: Desk, verbs: SaleVerbs) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._verbs = verbs
        self._coming: ComingBack | None = None
        self._approve: Callable[[str, str], object] = _nobody
        self.number = Words(desk.theme, "title", bold=True)
        self.about = Words(desk.theme, "body", ink="ink_soft")
        self.rows = SoldRows(desk)
        self.rows.clicked.connect(self._tapped)
        self.pad = PadPanel(desk, verbs.back_to_sale)
        self.consent = ApprovalPad(desk, self._answer, verbs.back_to_sale)
        self.asked = Paragraph(desk.theme)
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        self._side = QStackedLayout(side)
        self._sums = self._make_sums()
        self._consent_side = self._make_consent()
        for part in (self._sums, self.pad, self._consent_side):
            self._side.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addLayout(self._make_left(), 1)
        row.addWidget(side)
        self.layer = self._make_layer()
        desk.texts.on_change(self._name)

    def show_sale(self, coming: ComingBack, at: int | None = None) -> None:
        """Show what is chosen; the line that changed becomes the one that actions mean."""
        chosen = max(self.rows.currentIndex().row(), 0) if at is None else at
        if self._coming is None or self._coming.sale.receipt != coming.sale.receipt:
            self.rows.rows_model.replace(())
            chosen = 0
        self._coming = coming
        self.rows.rows_model.replace(coming.rows())
        self.rows.choose(chosen)
        self._name()

    def show_sums(self) -> Layer:
        """Show the refund at the side; give the layer of keys for it."""
        self._side.setCurrentWidget(self._sums)
        return self.layer

    def ask(self, question: Question) -> Layer:
        """Put a question at the side."""
        self.pad.ask(question)
        self._side.setCurrentWidget(self.pad)
        return self.pad.layer

    def ask_consent(self, coming: ComingBack, approve: Callable[[str, str], object]) -> Layer:
        """Ask a second person, who reads what it is about."""
        self._coming, self._approve = coming, approve
        self.consent.begin()
        self._side.setCurrentWidget(self._consent_side)
        self._name()
        return self.consent.layer

    def consent_refused(self, error: GranaryError) -> None:
        """Say why it was not taken, beside the box."""
        self.consent.refused(error)

    def _make_left(self) -> QVBoxLayout:
        card = Surface(self._desk.theme)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 6, 1, 6)
        inside.addWidget(self.rows)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.number)
        column.addWidget(self.about)
        self.waiting = Waiting(self._desk)
        column.addWidget(self.waiting)
        column.addWidget(card, 1)
        return column

    def _make_sums(self) -> QWidget:
        desk, verbs = self._desk, self._verbs
        self.amount = Figure(desk.theme, ("huge", "large", "figure"), 92)
        desk.texts.bind(self.amount.set_caption, "returns.refund")
        self.tender = Words(desk.theme, "body", ink="ink_soft")
        self.story = StoryRows(desk.theme)
        runs = {
            "returns.all": verbs.choose_all,
            "returns.quantity": verbs.ask_quantity,
            "returns.reason": verbs.next_reason,
            "returns.exchange": verbs.begin_exchange,
        }
        self.buttons = {name: ActionButton(desk, name, run, height=48) for name, run in runs.items()}
        self.settle = ActionButton(desk, "returns.settle", verbs.settle, look="primary", height=72, size="title")
        self.back = ActionButton(desk, "panel.back", verbs.start, look="quiet", height=48)
        total = Surface(desk.theme)
        inside = QVBoxLayout(total)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(0)
        inside.addWidget(self.amount)
        inside.addWidget(self.tender)
        told = Surface(desk.theme)
        lines = QVBoxLayout(told)
        lines.setContentsMargins(1, 6, 1, 6)
        lines.addWidget(self.story)
        side = Ground(desk.theme)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(total)
        column.addWidget(told, 1)
        pair = QHBoxLayout()
        pair.setSpacing(8)
        pair.addWidget(self.buttons["returns.all"])
        pair.addWidget(self.buttons["returns.quantity"])
        column.addLayout(pair)
        column.addWidget(self.buttons["returns.reason"])
        column.addWidget(self.buttons["returns.exchange"])
        column.addWidget(self.settle)
        column.addWidget(self.back)
        return side

    def _make_consent(self) -> QWidget:
        side = Ground(self._desk.theme)
        title = Words(self._desk.theme, "title", bold=True)
        self._desk.texts.bind(title.set_words, "returns.consent")
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self.asked)
        column.addWidget(self.consent, 1)
        return side

    def _make_layer(self) -> Layer:
        return Layer(
            {name: button.click for name, button in self.buttons.items()}
            | {
                "returns.settle": self.settle.click,
                "panel.confirm": self._verbs.toggle,
                "panel.back": self.back.click,
                "list.up": lambda: self.rows.step(-1),
                "list.down": lambda: self.rows.step(1),
                "list.page_up": lambda: self.rows.step(-self.rows.page_rows()),
                "list.page_down": lambda: self.rows.step(self.rows.page_rows()),
            }
        )

    def _answer(self, number: str, pin: str) -> None:
        self._approve(number, pin)

    def _tapped(self, index: QModelIndex) -> None:
        self.rows.choose(index.row())
        if self._side.currentWidget() is self._sums:
            self._verbs.toggle()

    def _name(self) -> None:
        coming, tr = self._coming, self._desk.texts.tr
        if coming is None:
            return
        sale, back = coming.sale, coming.answer()
        self.number.set_words(sale.receipt or tr("returns.bare"))
        member = sale.body["member"]
        places = {"at": moment_text(sale.at), "operator": sale.operator, "paid": amount_text(sale.body["payable"])}
        about = [tr("returns.bare_about") if coming.bare else tr("returns.about", **places)]
        about += [] if member is None else [tr("returns.member", member=member["id"])]
        self.about.set_words("　".join(about))
        amount = 0 if back is None else back.amount
        self.amount.set_value(amount_text(amount), "ink" if back is not None else "ink_soft")
        kinds = () if back is None else back.tenders()
        given = (" ".join((tr(f"tender_kind.{each.kind}"), amount_text(-each.amount))) for each in kinds)
        self.tender.set_words(tr("returns.hint") if back is None else "　".join(given))
        self.story.rows_model.replace(())
        self.story.rows_model.replace(() if back is None else list(story_of(back, self._desk.texts)))
        reason = tr(f"return_reason.{coming.reason}")
        self.buttons["returns.reason"].setText(tr("returns.reason_is", reason=reason))
        self.settle.setEnabled(back is not None)
        self.settle.setText(tr("returns.void_it") if coming.voids else tr("action.returns.settle"))
        for button in self.buttons.values():
            button.setEnabled(not coming.voids)
        key = f"returns.asked_{'void' if coming.voids else 'bare' if coming.bare else 'sale'}"
        self.asked.set_words(tr(key, number=sale.receipt, amount=amount_text(amount)), "ink")


def _nobody(_number: str, _pin: str) -> None:
    """Nobody is asked yet."""
