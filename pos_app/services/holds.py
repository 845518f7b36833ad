"""Holds at the counter: asked for with a line before a right is spent, let go of when the basket has no use for them.

A hold's id is in the journal before the question goes; from then on a fact of the basket names it. Used from the
counter's one worker thread only, which waits for an answer; the window does not. Knows no window.
"""

from dataclasses import dataclass, replace
from typing import Final

from pos_app.domain.basket import Basket
from pos_app.domain.branches import NOBODY
from pos_app.domain.errors import LineDown, LineTalksRubbish, Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.holds import RELEASED_FACT_KIND, RELEASED_FACT_VERSION, Hold, Resource, released_body
from pos_app.domain.ids import BasketId, CouponId
from pos_app.services.ports import Clock, Holding, Ids, Journal, Line, Nudge

ANSWER_MS: Final = 1500
"""So long a customer waits for headquarters; then it is as if there were no line."""
_SAYS_NO: Final = frozenset(
    {
        *("points_not_free", "member_unknown"),
        *("coupon_spent", "coupon_withdrawn", "coupon_held", "coupon_leased", "coupon_unknown"),
    }
)
"""Refusals of the right itself. By any other one headquarters has not answered the question."""


@dataclass(frozen=True, slots=True)
class Right:
    """So much of what a basket is to spend. A coupon's amount is 1."""

    resource: Resource
    key: str
    amount: int = 1


@dataclass(frozen=True, slots=True)
class Secured:
    """The basket as it is in the journal after a question. ``is_held``: the right is its own; ``refusal``: it is not;
    ``lost``: the coupon that is refused.
    """

    basket: Basket
    is_held: bool
    refusal: Refusal | None = None
    lost: CouponId | None = None


@dataclass(frozen=True, slots=True)
class Holds:
    """Asks for holds, and lets go of them. Without a ``holding`` nobody can be asked."""

    journal: Journal
    clock: Clock
    ids: Ids
    nudge: Nudge
    line: Line
    holding: Holding | None = None

    def secure(self, basket: Basket, right: Right) -> Secured:
        """Have a right held for the open basket, unless it is. An answer that does not come in time is none."""
        if basket.held(right.resource, right.key) >= right.amount:
            return Secured(basket, is_held=True)
        if self.holding is None or not self.line.is_up():
            return Secured(basket, is_held=False)
        hold = Hold(str(self.ids.new()), right.resource, right.key, right.amount)
        asked = basket.with_hold(hold)
        self.journal.keep_basket(asked)
        self.journal.sync()
        try:
            self.holding.ask_hold(hold, basket.id, ANSWER_MS)
        except (Refusal, LineDown, LineTalksRubbish) as error:
            if not isinstance(error, Refusal) or error.code not in _SAYS_NO:
                return Secured(asked, is_held=False)
            # What it had of that right before is as it was: headquarters changed nothing.
            still = replace(basket, holds=(*basket.holds, hold))
            return Secured(still, is_held=False, refusal=error)
        return Secured(asked.with_granted(hold.id), is_held=True)

    def keep(self, basket: Basket) -> Basket:
        """Keep the open basket, without the holds for which it has no use any more; a fact lets go of those."""
        unused = [hold for hold in basket.holds if not basket.needs(hold)]
        if not unused:
            self.journal.keep_basket(basket)
            return basket
        return self._let_go(basket, [hold for hold in basket.holds if hold not in unused])

    def let_go(self, basket: Basket) -> Basket:
        """Let go of all that the open basket holds; give it without."""
        return self._let_go(basket, []) if basket.holds else basket

    def drop(self, basket: Basket) -> None:
        """Throw the open basket away, with all that it holds."""
        if not basket.holds:
            self.journal.drop_basket(basket.id)
            return
        self.journal.append_dropping(self._released(basket.id, basket.holds), basket.id)
        self.nudge.facts_waiting()

    def _let_go(self, basket: Basket, kept: list[Hold]) -> Basket:
        gone = tuple(hold for hold in basket.holds if hold not in kept)
        lighter = replace(basket, holds=tuple(kept))
        self.journal.append_keeping(self._released(basket.id, gone), lighter)
        self.nudge.facts_waiting()
        return lighter

    def _released(self, basket: BasketId, holds: tuple[Hold, ...]) -> Happening:
        at = self.clock.now().isoformat(timespec="milliseconds")
        return Happening(RELEASED_FACT_KIND, RELEASED_FACT_VERSION, at, NOBODY, released_body(basket, holds))
