"""When each store's line is down and its process killed: drawn from a seed, so that a run can be repeated."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from pos_app.proving.replay.baskets import Source

SHORTEST = timedelta(hours=1)
LONGEST = timedelta(hours=72)
KILLS_PER_STORE = 2


@dataclass(frozen=True, slots=True)
class Spell:
    """A time without a line: ``starts <= at < ends``."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Weather:
    """What befalls one store. ``kills`` are counts of baskets after which its process is killed."""

    spells: tuple[Spell, ...]
    kills: tuple[int, ...]

    def is_down(self, at: datetime) -> bool:
        """Tell whether the line is down at an instant."""
        return any(spell.starts <= at < spell.ends for spell in self.spells)

    def was_up_between(self, earlier: datetime, later: datetime) -> bool:
        """Tell whether the line was up at some moment of ``earlier <= at < later``."""
        covered = earlier
        for spell in self.spells:
            if spell.starts > covered:
                return covered < later
            covered = max(covered, spell.ends)
        return covered < later


def forecast(source: Source, offline_hundredths: int, seed: int) -> dict[str, Weather]:
    """Draw the weather of every store. ``offline_hundredths`` is the share of time without a line."""
    ends = source.first_day + timedelta(days=source.days)
    return {
        store: _weather(Random(f"{seed}/{store}"), offline_hundredths, (source.first_day, ends), len(baskets))
        for store, baskets in source.baskets.items()
    }


def _weather(random: Random, offline: int, period: tuple[datetime, datetime], baskets: int) -> Weather:
    kills = random.sample(range(1, baskets), min(KILLS_PER_STORE, max(baskets - 1, 0)))
    return Weather(tuple(_spells(random, offline, period)), tuple(sorted(kills)))


def _spells(random: Random, offline: int, period: tuple[datetime, datetime]) -> list[Spell]:
    """Lay spells so that they cover their share of the period to the second, whatever their lengths."""
    starts, ends = period
    down_left_s = (ends - starts) // timedelta(seconds=1) * offline // 100
    if not down_left_s:
        return []
    lengths: list[int] = []
    while down_left_s > 0:
        longest_s = min(LONGEST // timedelta(seconds=1), down_left_s)
        lengths.append(random.randint(min(SHORTEST // timedelta(seconds=1), longest_s), longest_s))
        down_left_s -= lengths[-1]
    up_s = (ends - starts) // timedelta(seconds=1) - sum(lengths)
    cuts = sorted(random.randint(0, up_s) for _ in lengths)
    spells, down_before = [], 0
    for cut, length in zip(cuts, lengths, strict=True):
        begins = starts + timedelta(seconds=cut + down_before)
        spells.append(Spell(begins, begins + timedelta(seconds=length)))
        down_before += length
    return spells
