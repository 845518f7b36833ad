"""Knowing a member: found by what they say, shown with what they have, told of no more than the moment needs.

Names are shown, phones masked; who asks for more gives a reason, and that they looked is a fact. Used from the
counter's one worker thread only. Knows no window.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pos_app.domain.codes import SignedCode, decode
from pos_app.domain.coupons import Coupon
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.ids import MemberId, OperatorId
from pos_app.domain.instants import instant_of, moment_of
from pos_app.domain.ledger import points_key
from pos_app.domain.members import Member
from pos_app.domain.pricing.inputs import Rulebook
from pos_app.domain.pricing.promotions import CouponTemplate
from pos_app.domain.sale import Place
from pos_app.domain.tokens import Token, TokenKind
from pos_app.services.member_book import MemberBook
from pos_app.services.ports import Clock, Journal, Nudge, Replica
from pos_app.services.rights import Rights
from pos_app.services.signed_codes import SignedCodes

FACT_KIND: Final = "member_looked_at"
FACT_VERSION: Final = 1
MOST_FOUND: Final = 30
SOON: Final = timedelta(days=3)
"""A coupon that ends within it is said to."""


@dataclass(frozen=True, slots=True)
class Finds:
    """Who was found; ``more``: there are others, so that more must be said of the one who is meant."""

    members: Sequence[Member]
    more: bool = False


@dataclass(frozen=True, slots=True)
class OwnCoupon:
    """A coupon with what its issue does (None: that is not known here), and when it ends by the store's time."""

    coupon: Coupon
    template: CouponTemplate | None
    ends: datetime | None
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A member as the counter shows one."""

    member: Member
    """With the points as they are seen here, and how many of them may not be spent here and now."""
    points_confirmed: int
    points_pending: int
    """What own sales add that headquarters has not confirmed; confirmed and pending are what is seen."""
    held: str
    """Why not all the points may be spent: ``offline`` or ``leased``; empty where they may."""
    coupons: Sequence[OwnCoupon]
    """Those that are good now or will be, the nearest end first."""
    is_here: bool
    """Whether this register has the member's document; one that only a code names earns all the same."""
    waits: bool
    """Whether it is known by this register's own registration alone: headquarters has not told of it yet."""

    @property
    def spendable(self) -> int:
        """How many points may be spent here and now."""
        return max(0, self.member.points - self.member.held_back)


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at what is masked, and why."""

    operator: OperatorId
    reason: str


@dataclass(frozen=True, slots=True)
class Knowing:
    """Questions about members."""

    book: MemberBook
    journal: Journal
    replica: Replica
    clock: Clock
    nudge: Nudge
    codes: SignedCodes
    rights: Rights
    place: Place

    def now(self) -> datetime:
        """Tell the store's time: how long ago something was."""
        return self.clock.now()

    def find(self, text: str) -> Finds:
        """Find members by code, the end of the phone, a name or its initials, the surest first.

        Raises ``Refusal``: what `SignedCodes` has against a signed code; ``token_kind`` for one that is no member's.
        """
        if isinstance(decode(text), SignedCode):
            return Finds([self._named_by(self.codes.look(text))])
        found = self.book.find(text, MOST_FOUND + 1)
        return Finds(found[:MOST_FOUND], more=len(found) > MOST_FOUND)

    def scanned(self, text: str) -> Member | None:
        """Tell whose code was scanned, None where it is no member's; raise what `SignedCodes` has against it."""
        if isinstance(decode(text), SignedCode):
            token = self.codes.look(text)
            return self._named_by(token) if token.kind is TokenKind.MEMBER else None
        return self.book.member(text)

    def card(self, member: Member) -> MemberCard:
        """Show what a member has, as of now."""
        known = self.book.member(member.id)
        try:
            rulebook = self.replica.rulebook()
            standing = self.rights.of_member(known or member, rulebook)
            coupons = self._coupons(member.id, rulebook)
        finally:
            self.replica.rest()
        confirmed = self.replica.confirmed(points_key(member.id))
        points = 0 if confirmed is None else confirmed.amount
        return MemberCard(
            member=standing,
            points_confirmed=points,
            points_pending=standing.points - points,
            held=self.rights.leases.why_held() if standing.held_back else "",
            coupons=coupons,
            is_here=known is not None,
            waits=self.book.waits(member.id),
        )

    def look_at(self, member: MemberId, looking: Looking) -> Member:
        """Give what is masked of a member, and record who looked and why.

        Raises ``Refusal`` with ``reason_missing`` or ``member_unknown``.
        """
        reason = looking.reason.strip()
        if not reason:
            raise Refusal("reason_missing")
        known = self.book.member(member)
        if known is None:
            raise Refusal("member_unknown", text=member)
        body = {"member": known.id, "reason": reason, "store": self.place.store, "register": self.place.register}
        at = self.clock.now().isoformat(timespec="milliseconds")
        self.journal.append(Happening(FACT_KIND, FACT_VERSION, at, looking.operator, body))
        self.nudge.facts_waiting()
        return known

    def _named_by(self, token: Token) -> Member:
        if token.kind is not TokenKind.MEMBER:
            raise Refusal("token_kind", kind=token.kind.value)
        known = self.book.member(token.subject)
        return known or Member(MemberId(token.subject), "", tier=token.about.get("tier", ""))

    def _coupons(self, member: MemberId, rulebook: Rulebook) -> list[OwnCoupon]:
        local = self.clock.now()
        now, soon = instant_of(local), instant_of(local + SOON)
        templates = {each.id: each for each in rulebook.coupon_templates}
        found = []
        for coupon in self.rights.coupons_of(member):
            end = coupon.valid_to
            if end is None or end > now:
                ends = None if end is None else moment_of(end).astimezone(local.tzinfo)
                found.append(OwnCoupon(coupon, templates.get(coupon.template), ends, end is not None and end <= soon))
        return sorted(found, key=lambda each: (each.ends is None, each.coupon.valid_to or 0, each.coupon.id))
