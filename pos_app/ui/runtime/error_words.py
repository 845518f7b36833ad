"""Refusals and breakdowns in words, by the translations: for the window's messages and for a terminal. Knows no Qt."""

import os
from collections.abc import Mapping

from pos_app.domain.errors import GranaryError
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.runtime.translations import LANGUAGES, Texts

_LONGEST_PLACE = 64
"""A scan may be 512 characters of anything: more of it would hide what is said about it."""
_AMOUNTS = frozenset({"payable", "paid", "missing", "told", "most_fen", "saving", "refund", "denomination"})
"""Details that are fen."""
_POINTS = frozenset({"points", "balance"})
"""Details that are points: written as everywhere on the screen, by thousands."""


def words_of(texts: Texts, code: str, places: Mapping[str, object]) -> str:
    """Write out a code (``error.<code>``); one that has no text of its own is told as it is."""
    key = f"error.{code}"
    return texts.tr(key, **places) if texts.has(key) else texts.tr("error.other", code=code)


def words_in_a_terminal(error: GranaryError) -> str:
    """Write out an error in the language of the terminal, at any length; one without a text by code and details."""
    texts = Texts(_terminal_language(os.environ))
    if not texts.has(f"error.{error.code}"):
        return str(error)
    return words_of(texts, error.code, {name: amount_place(name, value) for name, value in error.details.items()})


def amount_place(name: str, value: object) -> object:
    """Write a detail that is fen as an amount, points by thousands; give any other as it is."""
    if not isinstance(value, int):
        return value
    return amount_text(value) if name in _AMOUNTS else f"{value:,}" if name in _POINTS else value


def short_place(name: str, value: object) -> object:
    """Write a detail for the screen: as an amount where it is one, cut where it is long."""
    value = amount_place(name, value)
    return f"{value[:_LONGEST_PLACE]}…" if isinstance(value, str) and len(value) > _LONGEST_PLACE else value


def _terminal_language(environment: Mapping[str, str]) -> str:
    """Choose Chinese where the terminal speaks it, else English, which every terminal can write."""
    spoken = next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return LANGUAGES[0] if spoken.startswith("zh") else "en"
