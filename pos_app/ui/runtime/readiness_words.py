"""Readiness in words, by the translations: one subject's state, and all that there is room for on the strip.

Knows no Qt.
"""

from datetime import timedelta
from typing import Final

from pos_app.domain.readiness import SPENT_ELSEWHERE, TELLING, Grade, Readiness, Ready
from pos_app.ui.runtime.money_text import time_text
from pos_app.ui.runtime.translations import Texts

_HOUR: Final = timedelta(hours=1)
_IN_HOURS: Final = timedelta(days=2)
"""Ages below are told in hours: a shop thinks of yesterday's prices as 26 hours old before they are 2 days old."""
INK: Final = {Grade.READY: "good", Grade.DATED: "ink", Grade.MISSING: "ink_soft"}
"""The colour of each grade. None is red: the register sells."""


def state_words(texts: Texts, ready: Ready) -> str:
    """Say how far a subject can be relied on: ready, how old, or by which moment's figures."""
    if ready.age is None:
        return texts.tr("ready.missing")
    if ready.grade is Grade.READY:
        return texts.tr("ready.ready")
    if ready.subject in SPENT_ELSEWHERE:
        return texts.tr("ready.by", at=time_text(ready.as_of, ready.graded_at))
    return age_words(texts, ready.age)


def age_words(texts: Texts, age: timedelta) -> str:
    """Say how old something is."""
    if age < _HOUR:
        return texts.tr("ready.minutes", count=age // timedelta(minutes=1))
    if age < _IN_HOURS:
        return texts.tr("ready.hours", count=age // _HOUR)
    return texts.tr("ready.days", count=age // timedelta(days=1))


def subject_words(texts: Texts, ready: Ready) -> str:
    """Name a subject."""
    return texts.tr(f"ready.{ready.subject}")


def line_words(texts: Texts, ready: Ready) -> str:
    """Say a subject and its state; Chinese sets a figure off from the words before it, and words not from words."""
    state = state_words(texts, ready)
    key = "ready.line_figure" if state[0].isdecimal() else "ready.line"
    return texts.tr(key, what=subject_words(texts, ready), state=state)


def strip_words(texts: Texts, readiness: Readiness) -> str:
    """Say in short what works; what is not held at all is left out, but for prices."""
    told = [each for each in readiness if each.subject in TELLING]
    if not told:
        return ""
    prices, *others = told
    if prices.grade is Grade.MISSING:
        return texts.tr("ready.no_prices")
    there = [prices, *(each for each in others if each.grade is not Grade.MISSING)]
    if there == told and all(each.grade is Grade.READY for each in told):
        return texts.tr("ready.all")
    return texts.tr("ready.between").join(line_words(texts, each) for each in there)
