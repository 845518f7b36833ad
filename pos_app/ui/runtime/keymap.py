"""Which key does what: `resources/keymaps/standard.json`, and the entries that a store changes in its own file.

A chord is written as it is shown: ``+``, ``F4``, ``Esc``, ``Alt+1``. Letters are the same in both cases.
Knows nothing of what an action does.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from pos_app.domain.errors import Refusal
from pos_app.ui.runtime.resources import read_json

_NAMES = {
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Escape: "Esc",
    Qt.Key.Key_Up: "↑",
    Qt.Key.Key_Down: "↓",
    Qt.Key.Key_PageUp: "PgUp",
    Qt.Key.Key_PageDown: "PgDn",
    Qt.Key.Key_Delete: "Del",
    Qt.Key.Key_Backspace: "⌫",
    Qt.Key.Key_Tab: "Tab",
}
_COMMANDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class KeyMap:
    """Actions by chord and chords by action."""

    def __init__(self, chords: Mapping[str, str]) -> None:
        """Take a chord for each action."""
        self._chords = dict(chords)
        self._actions: dict[str, list[str]] = {}
        for action, chord in self._chords.items():
            self._actions.setdefault(chord, []).append(action)

    def chord(self, action: str) -> str:
        """Tell the key of an action, as it is shown; empty when it has none."""
        return self._chords.get(action, "")

    def actions(self, chord: str) -> list[str]:
        """List the actions that a key may mean; which one it is depends on where one stands."""
        return self._actions.get(chord, [])

    def items(self) -> list[tuple[str, str]]:
        """List action and chord in the order of the file."""
        return list(self._chords.items())


def read_keymap(changes: Path | None = None) -> KeyMap:
    """Read the standard map with a store's own changes.

    Raises:
        Refusal: ``keymap_file`` with the file and the entry, when the changes cannot be used. Nothing of them is.

    """
    standard: dict[str, str] = read_json("keymaps", "standard.json")
    if changes is None or not changes.exists():
        return KeyMap(standard)
    return KeyMap(standard | _read_changes(changes, standard))


def _read_changes(path: Path, standard: Mapping[str, str]) -> dict[str, str]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refusal("keymap_file", file=path.name, entry="") from error
    if not isinstance(document, dict):
        raise Refusal("keymap_file", file=path.name, entry="")
    for action, chord in document.items():
        if action not in standard or not isinstance(chord, str) or not chord:
            raise Refusal("keymap_file", file=path.name, entry=action)
    return document


def chord_of(event: QKeyEvent) -> str:
    """Write the key that was pressed as the key map does; empty for what cannot be one."""
    key, modifiers = Qt.Key(event.key()), event.modifiers()
    name = _NAMES.get(key, "")
    if not modifiers & _COMMANDING:
        text = event.text()
        return name or (text.upper() if len(text) == 1 and text.isprintable() else _sequence(key, modifiers))
    prefix = "".join(
        word
        for modifier, word in (
            (Qt.KeyboardModifier.ControlModifier, "Ctrl+"),
            (Qt.KeyboardModifier.AltModifier, "Alt+"),
            (Qt.KeyboardModifier.MetaModifier, "Meta+"),
        )
        if modifiers & modifier
    )
    return prefix + (name or _sequence(key, Qt.KeyboardModifier.NoModifier))


def _sequence(key: Qt.Key, modifiers: Qt.KeyboardModifier) -> str:
    shift = modifiers & Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(shift, key)).toString()
