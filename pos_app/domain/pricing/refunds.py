"""Refunds: what goes back for what is brought back, in any number of steps (docs/pricing.md §6).

Each line's money goes back in proportion to the quantity returned so far, floored, and never more than is left of the
payable, so that the rounding comes off last. Points earned and points spent go back by the same floor. Refunding
everything, in whatever steps, gives back exactly what was paid and takes back exactly the points earned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen
from pos_app.domain.pricing.points import SOURCE
from pos_app.domain.pricing.quote import Quote, QuotedLine
from pos_app.domain.pricing.sharing import shares


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as it was sold: its quantity, what was paid for it, and its part of the points."""

    line: int
    quantity: int
    net: int
    points_earned: int = 0
    points_spent: int = 0


@dataclass(frozen=True, slots=True)
class Refund:
    """What one step gives and takes: money back, points earned taken back, points spent given back."""

    amount: Fen
    points_taken: int
    points_given: int
    by_line: Mapping[int, Fen]
    """Fen by line; a line whose quantity is returned may bring 0."""
    points_by_line: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """Points taken back and given back, by line."""


@dataclass(frozen=True, slots=True)
class Refundable:
    """A sale and what came back of it so far: quantities by line, and fen."""

    lines: tuple[SoldLine, ...]
    payable: int
    returned: Mapping[int, int] = field(default_factory=dict)
    refunded: int = 0

    @classmethod
    def of(cls, quote: Quote) -> "Refundable":
        """Take a sale from its quote, nothing returned yet."""
        earned = _over_lines(quote.points_earned, quote.lines, [line.net for line in quote.lines])
        spent = _over_lines(quote.points_used, quote.lines, [_points_discount(line) for line in quote.lines])
        lines = tuple(
            SoldLine(line.line, line.quantity, line.net, earned[line.line], spent[line.line]) for line in quote.lines
        )
        return cls(lines, quote.payable)

    def refund(self, quantities: Mapping[int, int]) -> tuple[Refund, "Refundable"]:
        """Return quantities (thousandths by line): what that gives back, and the sale afterwards.

        Raises:
            Refusal: ``no_such_line``, or ``refund_quantity`` for more than is left of a line or not above zero.

        """
        known = {line.line for line in self.lines}
        for number, quantity in quantities.items():
            if number not in known:
                raise Refusal("no_such_line", line=number)
            if quantity <= 0:
                raise Refusal("refund_quantity", line=number, quantity=quantity)
        after = dict(self.returned)
        left = self.payable - self.refunded
        by_line: dict[int, Fen] = {}
        points: dict[int, tuple[int, int]] = {}
        for line in self.lines:
            if line.line not in quantities:
                continue
            before = after.get(line.line, 0)
            now = before + quantities[line.line]
            if now > line.quantity:
                raise Refusal("refund_quantity", line=line.line, quantity=now - before, left=line.quantity - before)
            after[line.line] = now
            amount = min(left, share_of(line.net, before, now, line.quantity))
            left -= amount
            by_line[line.line] = Fen(amount)
            taken = share_of(line.points_earned, before, now, line.quantity)
            points[line.line] = taken, share_of(line.points_spent, before, now, line.quantity)
        total = self.payable - self.refunded - left
        all_taken, all_given = (sum(each[at] for each in points.values()) for at in (0, 1))
        refund = Refund(Fen(total), all_taken, all_given, by_line, points)
        return refund, Refundable(self.lines, self.payable, after, self.refunded + total)


def share_of(whole: int, before: int, now: int, quantity: int) -> int:
    """Give the part of a figure that a step brings: from so much of a line's quantity returned to so much."""
    return whole * now // quantity - whole * before // quantity


def _points_discount(line: QuotedLine) -> int:
    return sum(discount.amount for discount in line.discounts if discount.source == SOURCE)


def _over_lines(amount: int, lines: Sequence[QuotedLine], weights: Sequence[int]) -> dict[int, int]:
    """Share points over lines (ties: greater quantity, then smaller line number)."""
    order = sorted(range(len(lines)), key=lambda index: (-lines[index].quantity, lines[index].line))
    if amount and not any(weights):
        # Points that were worth less than a fen lie on no line's discount: they go back with the first.
        weights = [int(index == order[0]) for index in range(len(lines))]
    given = shares(amount, [weights[index] for index in order])
    return {lines[index].line: share for index, share in zip(order, given, strict=True)}
