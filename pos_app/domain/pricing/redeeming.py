"""How many points a basket can be paid with at most (docs/pricing.md §5). Says what `points.spend_points` lets pass."""

from pos_app.domain.pricing.promotions import PointsRules

_HUNDRED_PERCENT = 10_000


def most_points(rules: PointsRules, balance: int, due: int) -> int:
    """Give the fewest points that pay the most they can.

    ``due`` is what is left to pay before points. Where several numbers of points are worth the same fen, the smallest
    is given: nobody spends points for nothing.
    """
    per, worth = rules.worth_points, rules.worth_fen
    if per is None or worth == 0:
        return 0
    most_fen = due * rules.max_percent // _HUNDRED_PERCENT
    payable = ((most_fen + 1) * per - 1) // worth
    points = _floored(min(balance, payable), rules.step)
    if points <= 0:
        return 0
    fewest = _floored(-(-(points * worth // per) * per // worth) + rules.step - 1, rules.step)
    return min(points, fewest)


def _floored(points: int, step: int) -> int:
    return points // step * step
