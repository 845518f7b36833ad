"""Sharing an amount in proportion, to the fen (docs/pricing.md §6). Knows nothing of what is shared."""

from collections.abc import Sequence


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """Share an amount in proportion to the weights: each share floored, the rest one each to the largest remainders.

    On a tie the earlier one gets it. The shares add up to the amount; none is above its weight if the amount is not
    above their sum. Weights that are all 0 share nothing but 0.
    """
    if len(weights) == 1:
        return [amount]
    total = sum(weights)
    if total == 0:
        if amount:
            raise AssertionError("nothing to share an amount over")
        return [0] * len(weights)
    parted = [divmod(amount * weight, total) for weight in weights]
    given = [whole for whole, _ in parted]
    rest = amount - sum(given)
    if rest:
        largest = sorted(range(len(weights)), key=lambda index: -parted[index][1])
        for index in largest[:rest]:
            given[index] += 1
    return given
