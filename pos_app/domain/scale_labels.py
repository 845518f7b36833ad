"""Scale labels (电子秤条码): what a scale in the store printed on loose goods, with weight, amount or both in the code.

GS1 leaves the prefixes 20 to 29 to each chain, so the layout is the chain's own: a mask, as scales are set up by it.
``P`` is a digit of the goods' number on the scale (PLU), ``W`` grams, ``A`` fen, ``#`` any digit, ``C`` the check digit
as in a GTIN; a digit stands for itself. 13 digits carry one figure, 18 both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pos_app.domain.codes import check_digit
from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen
from pos_app.domain.quantity import Quantity

LENGTHS: Final = (13, 18)
_FIGURES: Final = "WA"
_SIGNS: Final = frozenset("PWAC#0123456789")


@dataclass(frozen=True, slots=True)
class ScaleLabel:
    """What a label says. One figure at least is there; the other is None where the code has no room for it."""

    text: str
    plu: str
    weight: Quantity | None
    """Thousandths of a kilogram."""
    amount: Fen | None


def _wrong_with(mask: str) -> str:
    """Say what is wrong with a mask; nothing where it is well made."""
    strange = sorted(set(mask) - _SIGNS)
    mistakes = (
        (len(mask) not in LENGTHS, f"has {len(mask)} signs, not {' or '.join(map(str, LENGTHS))}"),
        (strange, f"has {', '.join(strange)} in it, which stands for nothing"),
        (not mask.startswith("2"), "does not begin with 2: other prefixes are not the chain's own"),
        ("P" not in mask, "has no P: no goods' number"),
        ("C" in mask[:-1], "has a C that is not its last sign"),
        (not set(_FIGURES) & set(mask), "has neither W nor A"),
    )
    return next((told for is_wrong, told in mistakes if is_wrong), "")


@dataclass(frozen=True, slots=True)
class LabelLayout:
    """Where on a label what stands."""

    mask: str

    def __post_init__(self) -> None:
        """Refuse a mask that no label can be read by: ``label_mask`` with the ``reason``."""
        reason = _wrong_with(self.mask)
        if reason:
            raise Refusal("label_mask", mask=self.mask, reason=reason)

    def read(self, text: str) -> ScaleLabel | None:
        """Read a label; None where the text is none of this layout, or its check digit is wrong."""
        if len(text) != len(self.mask) or not (text.isascii() and text.isdigit()):
            return None
        if any(sign.isdigit() and sign != digit for sign, digit in zip(self.mask, text, strict=True)):
            return None
        if self.mask.endswith("C") and int(text[-1]) != check_digit(text[:-1]):
            return None
        weight, amount = (self._figure(text, sign) for sign in _FIGURES)
        return ScaleLabel(
            text,
            self._digits(text, "P"),
            None if weight is None else Quantity(weight),
            None if amount is None else Fen(amount),
        )

    def _digits(self, text: str, sign: str) -> str:
        return "".join(digit for at, digit in zip(self.mask, text, strict=True) if at == sign)

    def _figure(self, text: str, sign: str) -> int | None:
        digits = self._digits(text, sign)
        return int(digits) if digits else None


USUAL: Final[Sequence[LabelLayout]] = (
    LabelLayout("21PPPPPWWWWWC"),
    LabelLayout("22PPPPPAAAAAC"),
    *(LabelLayout(f"2{digit}PPPPPAAAAAWWWWWC") for digit in range(5)),
)
"""What scales are set to where a chain says nothing. 18 digits from 25 on would be payment codes too."""


def read_label(text: str, layouts: Sequence[LabelLayout] = USUAL) -> ScaleLabel | None:
    """Read a label by the first layout that it has; None where it has none."""
    return next((label for layout in layouts if (label := layout.read(text)) is not None), None)
