"""The customer's screen: between customers the store's offers, then the lines as they are scanned, then the change.

It takes no focus and no key: whatever is scanned lands at the counter.
"""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QScreen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from pos_app.domain.receipt import Receipt
from pos_app.ui.customer.basket_lines import BasketLines
from pos_app.ui.customer.welcome import Welcome
from pos_app.ui.rooms.checkout.ringing import Rung
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.displays import Figure, Ground, Surface, Words

WIDTH, HEIGHT = 800, 480
SIDE_WIDTH = 348
THANKS_MS = 20_000
"""How long the change stays when nobody scans."""
OFFERS_MS = 60_000
"""How often the offers are looked at again between customers."""


class CustomerScreen(Ground):
    """A window of its own."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._rung = Rung()
        self._receipt: Receipt | None = None
        self.setWindowFlags(Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setMinimumSize(WIDTH, HEIGHT)
        desk.texts.bind(self.setWindowTitle, "customer.title")
        self.welcome = Welcome(desk)
        self.lines = BasketLines(desk)
        self._thanks = QTimer(self, singleShot=True, interval=THANKS_MS)
        self._thanks.timeout.connect(self._welcome_next)
        self._offers = QTimer(self, interval=OFFERS_MS)
        self._offers.timeout.connect(self._look_for_offers)
        self._stack = QStackedLayout(self)
        self._pages = {"welcome": self.welcome, "basket": self._basket_page(), "paid": self._paid_page()}
        for page in self._pages.values():
            self._stack.addWidget(page)
        desk.texts.on_change(self._show)
        self._show()

    def stand_on(self, screen: QScreen | None) -> None:
        """Fill a monitor; without one, be a window that a person can move."""
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint, screen is not None)
        if screen is None:
            self.setWindowState(Qt.WindowState.WindowNoState)
            self.resize(WIDTH, HEIGHT)
            self.show()
            return
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        # `showFullScreen` would ask for the keyboard.
        self.setWindowState(Qt.WindowState.WindowFullScreen)
        self.show()

    def sees_basket(self, rung: Rung) -> None:
        """Show the lines; an empty basket behind a completed sale leaves the change to be read."""
        self._rung = rung
        if rung.rows or rung.member is not None:
            self._receipt = None
            self._thanks.stop()
        self._show()

    def sees_receipt(self, receipt: Receipt) -> None:
        """Show what was paid and the change."""
        self._rung, self._receipt = Rung(), receipt
        self._thanks.start()
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._offers.start()
        self._look_for_offers()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._thanks.stop()
        self._offers.stop()
        super().closeEvent(event)

    @property
    def page(self) -> str:
        """Which page is shown."""
        return next(name for name, page in self._pages.items() if page is self._stack.currentWidget())

    def _welcome_next(self) -> None:
        self._receipt = None
        self._look_for_offers()
        self._show()

    def _look_for_offers(self) -> None:
        """Ask for the offers when nobody is served: the counter's thread has nothing else to do then."""
        counter = self._desk.counter
        if counter is not None and not self._rung.rows:
            self._desk.tasks.run(counter.looking_up.campaigns, self.welcome.show_campaigns)

    def _show(self) -> None:
        if self._receipt is not None:
            self._show_paid(self._receipt)
        elif self._rung.rows or self._rung.member is not None:
            self._show_basket(self._rung)
        else:
            self._stack.setCurrentWidget(self.welcome)

    def _show_basket(self, rung: Rung) -> None:
        tr = self._desk.texts.tr
        quote = None if rung.view is None else rung.view.quote
        saved = rung.below_base + (quote.saving if quote else 0)
        self.lines.show_rows(rung.rows, rung.row)
        self.total.set_value(amount_text(rung.payable))
        self.count.set_words(tr("total.count", lines=len(rung.rows), pieces=rung.pieces))
        self.saved.set_words(tr("customer.saved", amount=amount_text(saved)) if saved > 0 else "")
        points = quote.points_amount if quote else 0
        self.points.set_words(tr("total.points", amount=amount_text(-points)) if points else "")
        member = rung.member
        self.member.set_words("" if member is None else tr("customer.member", name=member.masked_name))
        self._stack.setCurrentWidget(self._pages["basket"])

    def _show_paid(self, receipt: Receipt) -> None:
        tr, earned = self._desk.texts.tr, receipt.points_earned
        change = sum(change for *_, change in receipt.tenders)
        self.paid.set_value(amount_text(receipt.payable))
        self.change.set_value(amount_text(change))
        self.benefit.set_words(tr("customer.saved", amount=amount_text(receipt.saved)) if receipt.saved > 0 else "")
        self.earned.set_words(tr("done.earned", points=f"{earned:,}") if receipt.member and earned else "")
        self.number.set_words(tr("customer.number", number=receipt.number))
        self._stack.setCurrentWidget(self._pages["paid"])

    def _basket_page(self) -> QWidget:
        theme = self._desk.theme
        self.total = Figure(theme, ("huge", "large", "figure"), 112)
        self._desk.texts.bind(self.total.set_caption, "customer.payable")
        self.count = Words(theme, "title", ink="ink_soft")
        self.saved = Words(theme, "title", bold=True, ink="good")
        self.points = Words(theme, "title", ink="good")
        self.member = Words(theme, "title", bold=True, ink="accent_deep")
        side = Surface(theme)
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(self.member)
        column.addWidget(self.count)
        column.addStretch(1)
        for part in (self.points, self.saved, self.total):
            column.addWidget(part)
        return self._paged(self.lines, side)

    def _paid_page(self) -> QWidget:
        theme = self._desk.theme
        self.thanks = Words(theme, "large", bold=True).centred()
        self._desk.texts.bind(self.thanks.set_words, "customer.thanks")
        self.paid = Figure(theme, ("large", "figure"), 144, align_right=False)
        self._desk.texts.bind(self.paid.set_caption, "customer.paid")
        self.change = Figure(theme, ("giant", "huge", "large"), 144, align_right=False)
        self._desk.texts.bind(self.change.set_caption, "tender.change")
        self.benefit = Words(theme, "title", bold=True, ink="good")
        self.earned = Words(theme, "title", bold=True, ink="accent_deep").aligned(painting.RIGHT)
        self.number = Words(theme, "body", ink="ink_soft").centred()
        card = Surface(theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(12)
        column.addWidget(self.thanks)
        column.addStretch(1)
        figures = QHBoxLayout()
        figures.setSpacing(32)
        figures.addWidget(self.paid, 2)
        figures.addWidget(self.change, 3)
        column.addLayout(figures)
        benefits = QHBoxLayout()
        benefits.addWidget(self.benefit)
        benefits.addWidget(self.earned)
        column.addLayout(benefits)
        column.addStretch(1)
        column.addWidget(self.number)
        return self._paged(card)

    def _paged(self, *parts: QWidget) -> QWidget:
        page = Ground(self._desk.theme)
        row = QHBoxLayout(page)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(parts[0], 1)
        for part in parts[1:]:
            row.addWidget(part)
        return page
