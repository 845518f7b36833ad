"""Every text on the screen, by key, in the language chosen; switched at once.

A missing key is a bug and shows itself as ``⟦key⟧``; a test holds both files complete.
"""

from collections.abc import Callable
from string import Formatter
from typing import Any

from pos_app.ui.runtime.resources import read_json

LANGUAGES = ("zh_CN", "en")


class Texts:
    """The texts of one language at a time."""

    def __init__(self, language: str) -> None:
        """Read the texts of a language; an unknown one becomes the first that we have."""
        self._listeners: list[Callable[[], object]] = []
        self._bound: list[tuple[Callable[[str], object], str]] = []
        self.language = ""
        self._texts: dict[str, str] = {}
        self._read(language)

    def tr(self, key: str, /, **places: Any) -> str:  # noqa: ANN401 — whatever can be written into a text
        """Give a text with its places filled; a place that was not given stays empty."""
        text = self._texts.get(key)
        if text is None:
            return f"⟦{key}⟧"
        return _FORMATTER.vformat(text, (), places) if "{" in text else text

    def has(self, key: str) -> bool:
        """Tell whether there is such a text."""
        return key in self._texts

    def bind(self, setter: Callable[[str], object], key: str) -> None:
        """Set a text now, and again whenever the language changes. For parts that live as long as the window."""
        self._bound.append((setter, key))
        setter(self.tr(key))

    def on_change(self, listener: Callable[[], object]) -> None:
        """Call a function whenever the language has changed: for what is composed, not bound."""
        self._listeners.append(listener)

    def switch(self, language: str) -> None:
        """Change the language of everything that is bound or listens."""
        if language == self.language:
            return
        self._read(language)
        for setter, key in self._bound:
            setter(self.tr(key))
        for listener in self._listeners:
            listener()

    def _read(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._texts = read_json("translations", f"{self.language}.json")


class _Forgiving(Formatter):
    """Fills places by name; what was not given is left out, so that a refusal is told whatever it lacks."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:  # noqa: ANN401, ARG002 — Formatter's own signature
        return kwargs.get(str(key), "")


_FORMATTER = _Forgiving()
