"""Components that fen decide: one set of applications saves more than every other (docs/pricing.md §3).

A saving outweighs every tie, so a set that saves most is the best, whatever a `Scale` would say of it. Of a few deals
over a few pieces all that each could take is listed and valued in fen. Where two sets save the same, they are valued
once more by all that tells them apart but how savings lie on goods. Where that does not either, where pieces could
stand in several slots, or where it would be long, nothing is said: the search by the whole scale decides.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Final, NamedTuple

from pos_app.domain.pricing.choice import Settled
from pos_app.domain.pricing.entries import Alone
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.scale import Scale
from pos_app.domain.pricing.whole_deals import WholeDeal, whole_deal
from pos_app.domain.pricing.worth import Reached

MAX_DEALS: Final = 5
MAX_WAYS: Final = 64
"""To take pieces of one deal's goods."""
MAX_SETS: Final = 200
"""Sets of courses that are begun."""

_Course = tuple[int, int, tuple[int, ...], Sequence[tuple[int, int]]]
"""What a deal gains over the units alone, by how many applications, the pieces of each of its goods that it takes, and
those that other deals want too, by place.
"""


class _Values(NamedTuple):
    """What is compared: a fen saved, an application of each promotion (by id), and a unit alone of each good."""

    fen: int
    applications: Mapping[str, int]
    alone: Sequence[int]


def decided_in_fen(together: Sequence[Reached], ordered: Sequence[Good], alone: Sequence[Alone]) -> Settled | None:
    """Give the set that is better than every other; None where that is not seen so, or not soon.

    ``ordered``: the component's goods, in order; places are by it.
    """
    if len(together) > MAX_DEALS:
        return None
    deals = [deal for reached in together if (deal := whole_deal(reached)) is not None]
    if len(deals) < len(together):
        return None
    place_of = {good.order: place for place, good in enumerate(ordered)}
    wanted = [0] * len(ordered)
    for deal in deals:
        for good in deal.goods:
            wanted[place_of[good.order]] += 1
    own = [alone[good.order] for good in ordered]
    chosen = None
    for values in _values(deals, ordered, own):
        chosen = _chosen(deals, place_of, wanted, values)
        if chosen is not None:
            break
    return None if chosen is None else _settled(chosen, place_of)


def _values(deals: Sequence[WholeDeal], ordered: Sequence[Good], alone: Sequence[Alone]) -> Iterator[_Values]:
    """Value fen alone; then all that tells sets apart but how savings lie on goods."""
    yield _Values(1, {}, [each.saving for each in alone])
    promotions = {deal.promotion.id: deal.promotion for deal in deals}
    promotions |= {each.entry.id: each.entry.promotion for each in alone if each.entry is not None}
    scale = Scale(
        [promotions[each] for each in sorted(promotions)], (), units=sum(good.units for good in ordered), most_fen=0
    )
    applications = {own: scale.application(each) for own, each in promotions.items()}
    yield _Values(
        scale.saving,
        applications,
        [0 if entry is None else saving * scale.saving + applications[entry.id] for saving, entry in alone],
    )


def _chosen(
    deals: Sequence[WholeDeal], place_of: Mapping[int, int], wanted: Sequence[int], values: _Values
) -> "Chosen | None":
    """Choose the set that is worth more than every other; None where none is, or that would be long."""
    listed = []
    for deal in deals:
        courses = _courses(deal, [place_of[good.order] for good in deal.goods], wanted, values)
        if courses is None:
            return None
        if courses:
            listed.append((deal, courses))
    listed.sort(key=_dearest_first)
    units = {place_of[good.order]: good.units for deal, _ in listed for good in deal.goods}
    return _Sets(listed, units).best()


def _courses(deal: WholeDeal, places: Sequence[int], wanted: Sequence[int], values: _Values) -> list[_Course] | None:
    """List what a deal could gain by, the greatest gain first; None where that is much, or two are worth the same.

    Of the courses that take as much of what other deals want, one that gains more than the rest is enough.
    """
    rooms = [range(good.units + 1) for good in deal.goods]
    if prod(map(len, rooms)) > MAX_WAYS:
        return None
    fen, each = values.fen, values.applications.get(deal.promotion.id, 0)
    alone = [values.alone[place] for place in places]
    shared = [index for index, place in enumerate(places) if wanted[place] > 1]
    best: dict[tuple[int, ...], _Course] = {}
    twice: dict[tuple[int, ...], int] = {}
    most, times_of, saving_of = deal.most, deal.times, deal.saving
    for used in product(*rooms):
        times = times_of(used)
        if not 0 < times <= most:
            continue
        gain = saving_of(used, times) * fen + times * each - sum(map(int.__mul__, used, alone))
        if gain <= 0:
            if gain == 0:
                return None
            continue
        key = tuple([used[index] for index in shared])
        known = best.get(key)
        if known is None or gain > known[0]:
            best[key] = gain, times, used, [(places[index], used[index]) for index in shared if used[index]]
        elif gain == known[0]:
            twice[key] = gain
    if any(best[key][0] == gain for key, gain in twice.items()):
        return None
    return sorted(best.values(), key=_gain, reverse=True)


def _gain(course: _Course) -> int:
    return course[0]


def _dearest_first(listed: tuple[WholeDeal, Sequence[_Course]]) -> int:
    return -listed[1][0][0]


class _Sets:
    """The search through the sets of courses, one of each deal at most."""

    def __init__(self, listed: Sequence[tuple[WholeDeal, Sequence[_Course]]], left: dict[int, int]) -> None:
        self._listed = listed
        self._left = left
        self._ahead = [0]
        for _, courses in reversed(listed):
            self._ahead.append(self._ahead[-1] + courses[0][0])
        self._ahead.reverse()
        self._begun = 0
        self._gain = -1
        self._is_only = True
        self._chosen: Chosen = ()

    def best(self) -> "Chosen | None":
        """Search; None where it takes too long, or where another set saves the same."""
        self._search(0, 0, ())
        return self._chosen if self._is_only and self._begun <= MAX_SETS else None

    def _search(self, index: int, gain: int, chosen: "Chosen") -> None:
        """Decide on a deal's course, or on none, and go on to the next deal."""
        self._begun += 1
        if index == len(self._listed):
            self._is_only = gain > self._gain
            self._gain, self._chosen = gain, chosen
            return
        deal, courses = self._listed[index]
        left, ahead = self._left, self._ahead[index + 1]
        for course in courses:
            more, _, _, shared = course
            if gain + more + ahead < self._gain or self._begun > MAX_SETS:
                break
            for place, used in shared:
                if left[place] < used:
                    break
            else:
                for place, used in shared:
                    left[place] -= used
                self._search(index + 1, gain + more, (*chosen, (deal, course)))
                for place, used in shared:
                    left[place] += used
        if gain + ahead >= self._gain:
            self._search(index + 1, gain, chosen)


Chosen = tuple[tuple[WholeDeal, _Course], ...]


def _settled(chosen: Chosen, place_of: Mapping[int, int]) -> Settled | None:
    """Say what the chosen courses save on which good; None where that is for the scale to say."""
    used_of = [0] * len(place_of)
    saved = []
    for deal, (_, times, used, _) in chosen:
        lies = deal.lies(used, times)
        if lies is None:
            return None
        places = [place_of[good.order] for good in deal.goods]
        for place, pieces in zip(places, used, strict=True):
            used_of[place] += pieces
        saved.append((deal.promotion, times, [each for each in zip(places, lies, strict=True) if each[1]]))
    return Settled(saved, used_of, is_optimal=True)
