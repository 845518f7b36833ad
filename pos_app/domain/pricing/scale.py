"""One integer that orders sets of applications as docs/pricing.md §3 does.

Saving first; then fewer applications; the higher sum of priorities; the smaller sorted list of promotion ids; the
greater saving at the first difference, through goods in order and in each through promotions by id. Each of them adds
up over applications, so each gets its own digits of one integer, the weightier ones further left, wide enough that
what stands to the right of a digit never outweighs one of it.

Of lists of equal length the smaller one has *more* of the smallest id in which they differ: hence the digits of ids.
"""

from collections.abc import Iterable, Sequence

from pos_app.domain.pricing.promotions import Promotion


class Scale:
    """The digits for some goods and the promotions in their reach."""

    def __init__(
        self, promotions: Sequence[Promotion], pairs: Iterable[tuple[int, str]], *, units: int, most_fen: int
    ) -> None:
        """Lay the digits out, from the right.

        ``promotions`` are in order of id; ``pairs`` of a good's order and a promotion's id, in order; ``units`` is
        the number of all units; ``most_fen`` what a promotion can save at most on a good.
        """
        width = most_fen.bit_length() + 2
        place = 0
        self._pair: dict[tuple[int, str], int] = {}
        for pair in reversed(list(pairs)):
            self._pair[pair] = 1 << place
            place += width
        self.shares_end = place
        """Below this bit stand the savings by good and promotion."""
        count_width = units.bit_length() + 2
        self._application: dict[str, int] = {}
        for promotion in reversed(promotions):
            self._application[promotion.id] = 1 << place
            place += count_width
        priority = 1 << place
        largest = max((abs(promotion.priority) for promotion in promotions), default=0)
        place += (units * largest).bit_length() + 2
        one_application = 1 << place
        place += count_width
        for promotion in promotions:
            self._application[promotion.id] += promotion.priority * priority - one_application
        self.saving = 1 << place
        """The value of one fen saved, whatever it lies on."""

    def application(self, promotion: Promotion) -> int:
        """Value an application apart from what it saves: mostly the price of being one more."""
        return self._application[promotion.id]

    def share(self, good: int, promotion: Promotion) -> int:
        """Value a fen's lying on this good by this promotion, beside its being saved at all."""
        return self._pair[good, promotion.id]


class Plain(Scale):
    """Values fen and no tie: to count what could be taken, where the digits of many pairs are long to work with."""

    def __init__(self) -> None:
        """Lay out no digits."""
        super().__init__((), (), units=0, most_fen=0)

    def application(self, promotion: Promotion) -> int:
        """Value it at nothing."""
        del promotion
        return 0

    def share(self, good: int, promotion: Promotion) -> int:
        """Value it at nothing."""
        del good, promotion
        return 0
