"""What the window says to a person: notes, refusals, breakdowns, and our own mistakes, each by a text key.

A refusal's text is ``error.<code>`` with its details as places. Knows no widget: a `Message` is handed to who shows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pos_app.domain.errors import Breakdown, GranaryError
from pos_app.ui.runtime.error_words import short_place, words_of
from pos_app.ui.runtime.keymap import KeyMap
from pos_app.ui.runtime.translations import Texts

Tone = Literal["note", "refusal", "trouble", "wait"]
Edge = Literal["top", "foot"]
"""Where what is said stands over the room."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text in its tone."""

    text: str
    tone: Tone


class Messages:
    """Says things. ``show``, ``withdraw`` and ``stand`` are set by the window, ``sound`` by the application."""

    def __init__(self, texts: Texts, keymap: KeyMap) -> None:
        self._texts = texts
        self._keymap = keymap
        self.show: Callable[[Message], object] = _unheard
        self.withdraw: Callable[[Tone], object] = _unheard
        self.stand: Callable[[Edge], object] = _unheard
        """Say where what is said hides least; a page that has much at its top asks for its foot."""
        self.sound: Callable[[str], object] = _unheard

    def fall_silent(self) -> None:
        """Say nothing from now on: the window goes, whatever is still being waited for."""
        self.show = self.withdraw = self.stand = self.sound = _unheard

    def note(self, key: str, /, **places: object) -> None:
        """Say that something went well."""
        said = {name: short_place(name, value) for name, value in places.items()}
        self.show(Message(self._texts.tr(key, **said), "note"))

    def refuse(self, error: GranaryError) -> None:
        """Say what was refused or broke down, with a sound."""
        self.sound("refused")
        self.show(Message(self.text_of(error), "trouble" if isinstance(error, Breakdown) else "refusal"))

    def went_well(self) -> None:
        """Take away what was refused before: what the person did since has gone well, and says so by itself."""
        self.withdraw("refusal")

    def wait(self) -> None:
        """Say that something is being asked; `answered` takes it away."""
        self.show(Message(self._texts.tr("note.wait"), "wait"))

    def answered(self) -> None:
        """Take away that something is being asked."""
        self.withdraw("wait")

    def overtaken(self) -> None:
        """Take away a note that what the person does now has made untrue."""
        self.withdraw("note")

    def bug(self, error: BaseException) -> None:
        """Say that the program itself is at fault."""
        self.sound("refused")
        self.show(Message(self._texts.tr("error.bug", kind=type(error).__name__), "trouble"))

    def text_of(self, error: GranaryError) -> str:
        """Write out a refusal or a breakdown; one that has no text of its own is told by its code."""
        return self.text_of_code(error.code, **error.details)

    def text_of_code(self, code: str, /, **details: object) -> str:
        """Write out a code with its details."""
        places = {name: short_place(name, value) for name, value in details.items()}
        return words_of(self._texts, code, {"key_search": self._keymap.chord("checkout.search"), **places})


def _unheard(_said: object) -> None:
    """Nobody listens yet."""
