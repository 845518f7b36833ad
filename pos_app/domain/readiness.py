"""What a register can do right now, in grades: how old is what it knows of each subject, and what that is good for.

Pure; knows nothing of lines and files. The age of a subject is that of the last moment at which nothing of it waited at
headquarters, not that of its last change: prices that nobody touched for a week are as fresh as the last answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Subject(StrEnum):
    """What a register hears of from headquarters, as people at a counter name it."""

    PRICES = "prices"
    PROMOTIONS = "promotions"
    MEMBERS = "members"
    POINTS = "points"
    COUPONS = "coupons"
    STOCK = "stock"
    OPERATORS = "operators"


class Grade(StrEnum):
    """How far a subject can be relied on."""

    READY = "ready"
    DATED = "dated"
    """It works, by what was known at a moment that is named."""
    MISSING = "missing"
    """Nothing is known of it."""


GOOD_FOR: Final[Mapping[Subject, timedelta]] = {
    Subject.PRICES: timedelta(days=1),
    Subject.PROMOTIONS: timedelta(days=1),
    Subject.OPERATORS: timedelta(days=1),
    Subject.MEMBERS: timedelta(hours=1),
    Subject.POINTS: timedelta(hours=1),
    Subject.COUPONS: timedelta(hours=1),
    Subject.STOCK: timedelta(hours=1),
}
"""How old each may be and still be called ready: what is announced ahead for a day, what others change for an hour."""
SPENT_ELSEWHERE: Final = frozenset({Subject.POINTS, Subject.COUPONS})
"""Rights that another store may have spent meanwhile: with no line they are never more than dated."""
TELLING: Final = (Subject.PRICES, Subject.MEMBERS, Subject.POINTS)
"""What is told where there is room for little."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of a subject: whether there is anything, and when some of it last changed here."""

    present: bool = False
    news_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is held of all of them. ``as_of`` is headquarters' time when nothing more waited there."""

    as_of: datetime | None = None
    subjects: Mapping[Subject, Holding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """One subject's grade. ``age`` is None where nothing is known."""

    subject: Subject
    grade: Grade
    as_of: datetime | None = None
    age: timedelta | None = None
    news_at: datetime | None = None

    @property
    def graded_at(self) -> datetime | None:
        """When this was so; None where nothing is known."""
        return None if self.as_of is None or self.age is None else self.as_of + self.age


Readiness = tuple[Ready, ...]
"""All subjects, in their order."""


def readiness(holdings: Holdings, now: datetime, *, online: bool) -> Readiness:
    """Grade every subject as things are now."""
    return tuple(_grade(subject, holdings, now, online=online) for subject in Subject)


def _grade(subject: Subject, holdings: Holdings, now: datetime, *, online: bool) -> Ready:
    known = holdings.subjects.get(subject, Holding())
    as_of = holdings.as_of
    if as_of is None or not known.present:
        return Ready(subject, Grade.MISSING)
    # A clock that was put back makes nothing younger than new.
    age = max(now - as_of, timedelta(0))
    dated = age > GOOD_FOR[subject] or (subject in SPENT_ELSEWHERE and not online)
    zone = now.tzinfo
    news_at = None if known.news_at is None else known.news_at.astimezone(zone)
    return Ready(subject, Grade.DATED if dated else Grade.READY, as_of.astimezone(zone), age, news_at)
