"""Actions: what a key or a button asks for, found in the layers that are open, the newest first.

A room, a page of it and a panel over it each bring a layer. Knows nothing of what an action does, nor of widgets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pos_app.ui.runtime.keymap import KeyMap

Run = Callable[[], object]


@dataclass(slots=True, eq=False)
class Layer:
    """The actions of one place. ``typing`` takes the printable keys that are no action of it, and says if it did."""

    runs: Mapping[str, Run] = field(default_factory=dict)
    typing: Callable[[str], bool] | None = None
    closed: bool = False
    """Nothing below is reached: a lock, a panel that must be answered."""


class Actions:
    """The open layers and the key map."""

    def __init__(self, keymap: KeyMap) -> None:
        self.keymap = keymap
        self._layers: list[Layer] = []

    def open(self, layer: Layer) -> None:
        """Put a layer on top; one that is open already moves there."""
        self.close(layer)
        self._layers.append(layer)

    def close(self, layer: Layer) -> None:
        """Take a layer away, wherever it is."""
        self._layers = [each for each in self._layers if each is not layer]

    def press(self, chord: str, text: str) -> bool:
        """Do what a key asks for; False when nobody wants it."""
        names = self.keymap.actions(chord)
        for layer in reversed(self._layers):
            for name in names:
                if name in layer.runs:
                    layer.runs[name]()
                    return True
            if text and layer.typing is not None and layer.typing(text):
                return True
            if layer.closed:
                return False
        return False

    def reachable(self) -> list[str]:
        """List the actions that can be asked for now, in the key map's order (the key sheet shows them)."""
        names: set[str] = set()
        for layer in reversed(self._layers):
            names |= layer.runs.keys()
            if layer.closed:
                break
        return [action for action, _ in self.keymap.items() if action in names]
