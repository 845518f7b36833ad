"""A member's card: who it is, the points and why not all of them may be spent here, the coupons."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from pos_app.domain.members import Member
from pos_app.domain.purchases import Purchase
from pos_app.services.knowing import MemberCard
from pos_app.ui.rooms.members import words
from pos_app.ui.rooms.members.rows import COUPON_HEIGHT, OwnCouponRows
from pos_app.ui.rooms.members.timeline import Timeline
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.displays import Figure, Surface, Words

FIGURE_HEIGHT = 60
MOST_COUPONS_SEEN = 3
"""At once; the others are scrolled to."""


class CardView(Surface):
    """The card. What is masked is unmasked for one member, by `unmask`, until another is shown."""

    def __init__(self, desk: Desk, opened: Callable[[Purchase], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self.card: MemberCard | None = None
        self._told: Member | None = None
        theme = desk.theme
        self.name = Words(theme, "title", bold=True)
        self.tier = Words(theme, "strong", bold=True, ink="accent_deep").aligned(painting.RIGHT)
        self.phone = Words(theme, "body", ink="ink_soft")
        self.home = Words(theme, "body", ink="ink_soft").aligned(painting.RIGHT)
        sizes = ("figure", "title", "strong")
        self.spendable, self.confirmed, self.pending = (
            Figure(theme, sizes, FIGURE_HEIGHT, align_right=False) for _ in range(3)
        )
        self.why = Words(theme, "small", ink="ink_soft")
        self.coupons_title = Words(theme, "strong", bold=True)
        self.coupons = OwnCouponRows(desk)
        self.timeline = Timeline(desk, opened)
        self._lay_out()
        desk.texts.on_change(self._write)

    def show_card(self, card: MemberCard) -> None:
        """Show a member; another one is masked again."""
        if self.card is None or self.card.member.id != card.member.id:
            self._told = None
            self.timeline.reset()
        self.card = card
        self.coupons.rows_model.replace(card.coupons)
        self.coupons.setFixedHeight(COUPON_HEIGHT * min(len(card.coupons), MOST_COUPONS_SEEN))
        self._write()

    def unmask(self, member: Member) -> None:
        """Show what was masked of the member that is shown."""
        if self.card is not None and self.card.member.id == member.id:
            self._told = member
            self._write()

    def mask_again(self) -> None:
        """Mask it again."""
        self._told = None
        self._write()

    def _write(self) -> None:
        card, texts = self.card, self._desk.texts
        if card is None:
            return
        tr, member, told = texts.tr, card.member, self._told
        self.name.set_words(words.name_of(member))
        self.tier.set_words(words.tier_of(texts, member))
        shown = (member.masked_phone, words.masked_card(member)) if told is None else (told.phone, told.card)
        about = "　".join(part for part in shown if part)
        self.phone.set_words(self._said_of(card, about), "ink_soft" if told is None else "ink")
        self.home.set_words(tr("members.home", store=member.home_store) if member.home_store else "")
        self.spendable.set_value(f"{card.spendable:,}", "good" if card.spendable else "ink_soft")
        self.confirmed.set_value(f"{card.points_confirmed:,}")
        self.pending.set_value(f"{card.points_pending:+,}" if card.points_pending else "0", "ink_soft")
        self.why.set_words(tr(f"members.held_{card.held}") if card.held else "")
        self.coupons_title.set_words(tr("members.coupons", count=len(card.coupons)))
        self.coupons.viewport().update()

    def _said_of(self, card: MemberCard, about: str) -> str:
        if not card.is_here:
            return self._desk.texts.tr("members.not_here")
        return self._desk.texts.tr("members.waits", about=about) if card.waits else about

    def _lay_out(self) -> None:
        bind = self._desk.texts.bind
        bind(self.spendable.set_caption, "members.spendable")
        bind(self.confirmed.set_caption, "members.confirmed")
        bind(self.pending.set_caption, "members.pending")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 16, 12)
        self.column.setSpacing(2)
        for left, right in ((self.name, self.tier), (self.phone, self.home)):
            row = QHBoxLayout()
            row.addWidget(left, 2)
            row.addWidget(right, 1)
            self.column.addLayout(row)
        self.column.addSpacing(6)
        figures = QHBoxLayout()
        figures.setSpacing(16)
        for figure in (self.spendable, self.confirmed, self.pending):
            figures.addWidget(figure)
        self.column.addLayout(figures)
        self.column.addWidget(self.why)
        self.column.addSpacing(6)
        self.column.addWidget(self.coupons_title)
        self.column.addWidget(self.coupons)
        self.column.addSpacing(4)
        self.column.addWidget(self.timeline, 1)
