"""When, where, through which channel and for whom a basket is priced; and the conditions a rule sets on that (§3).

Local times are those of the basket's own offset. Knows no products and no amounts.
"""

from dataclasses import dataclass

from pos_app.domain.instants import Instant, instant_of
from pos_app.domain.pricing.subjects import PricedBasket, PricedMember, RowChannel

MINUTE = 60_000_000
"""Microseconds."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A moment, a place, a channel and perhaps a member."""

    at: Instant
    weekday: int
    """1 is Monday, by the basket's own offset."""
    time_of_day: int
    """Microseconds since local midnight."""
    store_scope: str
    zone_scope: str
    channel: str
    member: PricedMember | None

    @classmethod
    def of(cls, basket: PricedBasket) -> "Situation":
        """Take it from a basket."""
        at = basket.at
        return cls(
            instant_of(at),
            at.isoweekday(),
            (at.hour * 60 + at.minute) * MINUTE + at.second * 1_000_000 + at.microsecond,
            f"store:{basket.store}",
            f"zone:{basket.zone}",
            basket.channel,
            basket.member,
        )

    def is_within(self, starts: Instant | None, ends: Instant | None) -> bool:
        """Tell whether ``starts <= at < ends``; None is open."""
        return (starts is None or starts <= self.at) and (ends is None or self.at < ends)

    def is_reached_by(self, scope: str, channel: str) -> bool:
        """Tell whether something of this scope and channel concerns this place and channel."""
        return channel in ("all", self.channel) and scope in ("chain", self.store_scope, self.zone_scope)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold for a promotion or a coupon template to be in effect. Empty asks nothing.

    The day's window is ``daily_from <= time < daily_to`` in minutes; one whose end is not after its start runs past
    midnight and belongs to the weekday it began on.
    """

    starts: Instant | None = None
    ends: Instant | None = None
    weekdays: frozenset[int] = frozenset()
    daily_from: int = 0
    daily_to: int = 0
    scope: str = "chain"
    channel: RowChannel = "all"
    members_only: bool = False
    member_tiers: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()

    def hold(self, situation: Situation) -> bool:
        """Tell whether all of them hold."""
        return (
            situation.is_within(self.starts, self.ends)
            and situation.is_reached_by(self.scope, self.channel)
            and self.hold_today(situation)
        )

    @property
    def hold_all_day(self) -> bool:
        """Tell that neither the day, nor the hour, nor the member decides."""
        any_time = self.daily_from == self.daily_to and not self.weekdays
        return any_time and not (self.members_only or self.member_tiers or self.segments)

    def hold_today(self, situation: Situation) -> bool:
        """Tell whether those hold that the day, the hour and the member decide."""
        return self.window_is_open(situation) and self.suits(situation.member)

    def window_is_open(self, situation: Situation) -> bool:
        """Tell whether the day and the hour allow it."""
        opens, closes = self.daily_from * MINUTE, self.daily_to * MINUTE
        time, began_on = situation.time_of_day, situation.weekday
        if closes > opens:
            if not opens <= time < closes:
                return False
        elif time < opens:
            if time >= closes:
                return False
            began_on = (began_on - 2) % 7 + 1
        return not self.weekdays or began_on in self.weekdays

    def suits(self, member: PricedMember | None) -> bool:
        """Tell whether the member, or there being none, allows it."""
        if member is None:
            return not (self.members_only or self.member_tiers or self.segments)
        return (not self.member_tiers or member.tier in self.member_tiers) and (
            not self.segments or not self.segments.isdisjoint(member.segments)
        )
