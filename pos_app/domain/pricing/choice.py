"""A set of applications: what a search found or, where it was cut, the best of several sets (docs/pricing.md §3).

Knows no bound and claims nothing: whether a set is the best there is, is for `components` to say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pos_app.domain.pricing.entries import Alone
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.greedy import Application, Greedy
from pos_app.domain.pricing.promotions import Promotion
from pos_app.domain.pricing.scan import Found


@dataclass(slots=True)
class Saved:
    """What one promotion did: its applications, and what they save on each good."""

    promotion: Promotion
    applications: int = 0
    by_good: dict[int, int] = field(default_factory=dict)

    def add(self, applications: int, good: int, saving: int) -> None:
        """Count applications and a saving on a good."""
        self.applications += applications
        if saving:
            self.by_good[good] = self.by_good.get(good, 0) + saving


@dataclass(slots=True)
class Choice:
    """A set of applications: what it saves, the units it uses."""

    saved: dict[str, Saved]
    used: dict[int, int]
    alone: Sequence[Alone]

    @classmethod
    def of(cls, found: Found | None, goods: Sequence[Good], alone: Sequence[Alone]) -> "Choice":
        """Take what a search found, or nothing."""
        choice = cls({}, {good.order: 0 for good in goods}, alone)
        if found is not None:
            _add(found, choice.saved, choice.used)
        return choice

    @property
    def gain(self) -> int:
        """Say what it saves over its units alone."""
        saved = sum(sum(own.by_good.values()) for own in self.saved.values())
        return saved - sum(units * self.alone[good].saving for good, units in self.used.items())


@dataclass(frozen=True, slots=True)
class Settled:
    """What was chosen for a component; goods are named by their place among those of the component, in order."""

    saved: Sequence[tuple[Promotion, int, Sequence[tuple[int, int]]]]
    """Promotions with their applications, and what they save on which good."""
    used: Sequence[int]
    """Units taken of each good."""
    is_optimal: bool


def best_of_many(
    found: Found | None, greedy: Greedy, best: Choice, basis: tuple[Sequence[Good], Sequence[Alone]]
) -> Choice:
    """Where the search was cut: what it found, every deal's best course and the greedy set, each filled up.

    Those that gain least are only filled up as long as there are looks left.
    """
    bases = [] if found is None else [found, *sorted(found.others, key=lambda each: -each.gain)]
    choices = [best]
    for each in bases:
        choice = Choice.of(each, *basis)
        if not greedy.has_begun_enough:
            applied = {own.promotion.id: own.applications for own in choice.saved.values()}
            _add_greedy(greedy.beside(choice.used, applied), choice.saved, choice.used)
        choices.append(choice)
    choice = Choice.of(None, *basis)
    _add_greedy(greedy.best(), choice.saved, choice.used)
    return max([*choices, choice], key=lambda each: each.gain)


def _add(found: Found, saved: dict[str, Saved], used: dict[int, int]) -> None:
    for deal, good, option in found.taken:
        if option.used:
            used[good] += option.used
            promotion = deal.promotion
            own = saved.get(promotion.id)
            if own is None:
                own = saved[promotion.id] = Saved(promotion)
            own.add(option.applications, good, option.saved)
    for promotion_id, savings in found.shared.items():
        for good, saving in savings.items():
            saved[promotion_id].add(0, good, saving)


def _add_greedy(applications: Iterable[Application], saved: dict[str, Saved], used: dict[int, int]) -> None:
    for application in applications:
        promotion = application.promotion
        own = saved.setdefault(promotion.id, Saved(promotion))
        own.applications += application.times
        for good, units in application.units.items():
            used[good] += application.times * units
            own.add(0, good, application.times * application.savings.get(good, 0))
