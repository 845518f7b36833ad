"""Promotions of which no more is known than when they hold, until one is asked for (docs/pricing.md §3).

A chain's rulebook has thousands, of which a tenth hold at a time: the others need not be read before a till opens.
Knows no file: whoever announces a promotion says how it is read.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from pos_app.domain.instants import Instant
from pos_app.domain.pricing.promotions import Promotion


class Announced:
    """A promotion by id and dates. It is read once; one in a shape that this release cannot read is none."""

    __slots__ = ("_read", "ends", "id", "is_limited_per_member", "known", "starts")

    def __init__(
        self,
        own: str,
        dates: tuple[Instant | None, Instant | None],
        read: Callable[[], Promotion | None],
        *,
        is_limited_per_member: bool,
    ) -> None:
        """Say what is known of it: ``starts <= at < ends``, None is open."""
        self.id = own
        self.starts, self.ends = dates
        self.is_limited_per_member = is_limited_per_member
        self._read: Callable[[], Promotion | None] | None = read
        self.known: Promotion | None = None
        """All of it, if it was read."""

    @classmethod
    def of(cls, promotion: Promotion) -> "Announced":
        """Announce one that was read."""
        when, limited = promotion.when, promotion.limit_per_member is not None
        announced = cls(promotion.id, (when.starts, when.ends), lambda: promotion, is_limited_per_member=limited)
        announced.known, announced._read = promotion, None
        return announced

    @property
    def promotion(self) -> Promotion | None:
        """Give all of it."""
        if self._read is not None:
            self.known, self._read = self._read(), None
        return self.known

    def holds_within(self, at: Instant) -> bool:
        """Tell whether its dates allow it."""
        return (self.starts is None or self.starts <= at) and (self.ends is None or at < self.ends)


class AnnouncedPromotions(Sequence[Promotion]):
    """Promotions as a sequence that reads them when it is gone through; those that cannot be read are not in it."""

    def __init__(self, announced: Sequence[Announced]) -> None:
        """Take them, by id."""
        self.announced = announced

    def __iter__(self) -> Iterator[Promotion]:
        """Read them one after the other."""
        return (each.promotion for each in self.announced if each.promotion is not None)

    def __len__(self) -> int:
        """Count them; all are read for it."""
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> Promotion: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Promotion]: ...

    def __getitem__(self, index: int | slice) -> Promotion | Sequence[Promotion]:
        """Give one or some; all are read for it."""
        return list(self)[index]


def announced_of(promotions: Sequence[Promotion]) -> list[Announced]:
    """Give promotions as they are announced, by id."""
    if isinstance(promotions, AnnouncedPromotions):
        return sorted(promotions.announced, key=_id)
    return sorted(map(Announced.of, promotions), key=_id)


def _id(announced: Announced) -> str:
    return announced.id
