"""What is being typed into a box by keys or by a pad: digits, an amount, a quantity. Pure; knows no widget."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Literal

from pos_app.domain.errors import Refusal

Kind = Literal["digits", "amount", "quantity", "percent", "code", "pieces"]
BACKSPACE = "\b"
CLEAR = "\x7f"

_SHAPES = {
    "digits": re.compile(r"\d{0,20}"),
    "amount": re.compile(r"(\d{1,8}(\.\d{0,2})?)?"),
    "quantity": re.compile(r"(\d{1,4}(\.\d{0,3})?)?"),
    "percent": re.compile(r"(\d{1,2}(\.\d{0,2})?)?"),
    "code": re.compile(r"[0-9A-Za-z_.-]{0,100}"),
    "pieces": re.compile(r"\d{0,5}"),
}
_TOO_LONG: dict[Kind, str] = {
    "digits": "entry_digits",
    "amount": "entry_amount",
    "quantity": "entry_quantity",
    "percent": "entry_percent",
    "code": "entry_code",
    "pieces": "entry_pieces",
}
"""How it is said what fits."""
_FIGURES = frozenset(digits + ".")
_TAKEN = dict.fromkeys(_SHAPES, _FIGURES) | {"code": _FIGURES | frozenset(ascii_letters + "-_")}
"""Characters that belong to each kind; others pass by, to the keys of the page."""


@dataclass(slots=True)
class Entry:
    """The characters so far. What would not fit the shape is not taken, and ``refuse`` is told what does."""

    kind: Kind
    refuse: Callable[[Refusal], object]
    text: str = ""
    fresh: bool = False
    """The text was suggested: the next character replaces it."""
    dropped: bool = False
    """The last character was not taken: the text is not what was meant."""

    def type(self, typed: str) -> bool:
        """Take a character (or several, as ``00``); False when it is none that belongs here."""
        if typed == BACKSPACE:
            self.text = "" if self.fresh else self.text[:-1]
        elif typed == CLEAR:
            self.text = ""
        elif not all(each in _TAKEN[self.kind] for each in typed):
            return False
        else:
            wanted = ("" if self.fresh else self.text) + typed
            wanted = f"0{wanted}" if wanted.startswith(".") and self.kind != "code" else wanted
            self.dropped = not _SHAPES[self.kind].fullmatch(wanted)
            if self.dropped:
                self.refuse(Refusal(_TOO_LONG[self.kind]))
                return True
            self.text = wanted
        self.fresh = self.dropped = False
        return True

    def suggest(self, text: str) -> None:
        """Show a text that the next character replaces."""
        self.text, self.fresh, self.dropped = text, bool(text), False

    def confirmed(self) -> bool:
        """Tell whether the text may be taken as the answer: not the first time after a character was dropped."""
        stands, self.dropped = not self.dropped, False
        if not stands:
            self.refuse(Refusal("entry_dropped"))
        return stands
