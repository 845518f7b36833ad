"""Reading the fields of a JSON document strictly, so that a mistake is named by its path (docs/pricing.md §1, §7).

A number with decimals must have been read as ``Decimal``. A field left out is a field that is null. Knows no rule.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, parse_instant

T = TypeVar("T")
Document = Mapping[str, Any]

HUNDRED = 10_000
"""100 % in hundredths."""
_MOST_DIGITS = 30
_FAR = 10**900
"""No figure is further from 0: a product of the four that can meet is still written (Python stops at 4,300 digits)."""
_TEXTS_ALONE, _OBJECTS_ALONE = {str}, {dict}
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


class Mistake(Exception):
    """Something in a document that cannot be meant. The path grows as it passes outwards."""

    def __init__(self, field: str, must: str, code: str = "invalid") -> None:
        """Say of which field, and what it must be."""
        super().__init__(field, must, code)
        self.field = field
        self.must = must
        self.code = code

    def within(self, outer: str) -> "Mistake":
        """Give the same mistake as seen from the document around."""
        joint = "" if not self.field or self.field.startswith("[") else "."
        return Mistake(f"{outer}{joint}{self.field}", self.must, self.code)

    def refusal(self) -> Refusal:
        """Give it as what the caller is told."""
        return Refusal(self.code, field=self.field, must=self.must)


def _wrong(name: str, document: Document, must: str) -> NoReturn:
    raise Mistake(name, f"is missing; it must be {must}" if document.get(name) is None else f"must be {must}")


def text(document: Document, name: str) -> str:
    """Read a text that must be there."""
    value = document.get(name)
    if type(value) is not str:
        _wrong(name, document, "a text")
    return value


def optional_text(document: Document, name: str) -> str | None:
    """Read a text or null."""
    value = document.get(name)
    if value is not None and type(value) is not str:
        _wrong(name, document, "a text or null")
    return value


def integer(document: Document, name: str, least: int | None = None) -> int:
    """Read a whole number that must be there."""
    value = document.get(name)
    if type(value) is not int or (least is not None and value < least) or not -_FAR < value < _FAR:
        _wrong(name, document, "a whole number" if least is None else f"a whole number, at least {least}")
    return value


def optional_integer(document: Document, name: str, least: int | None = None) -> int | None:
    """Read a whole number or null."""
    return None if document.get(name) is None else integer(document, name, least)


def hundredths(document: Document, name: str, most: int | None = HUNDRED) -> int:
    """Read a number from 0 with at most two decimals, exactly, as hundredths."""
    value = document.get(name)
    must = (
        "a number from 0 with at most two decimals" if most is None else "a number from 0 to 100, at most two decimals"
    )
    if type(value) is Decimal and value.is_finite() and (not value or abs(value.adjusted()) < _MOST_DIGITS):
        numerator, denominator = value.as_integer_ratio()
        value, rest = divmod(100 * numerator, denominator)
        if rest:
            _wrong(name, document, must)
    elif type(value) is int:
        value *= 100
    else:
        _wrong(name, document, must)
    if not 0 <= value < _FAR or (most is not None and value > most):
        _wrong(name, document, must)
    return value


def flag(document: Document, name: str, *, default: bool) -> bool:
    """Read true or false; null is the default."""
    value = document.get(name)
    if value is None:
        return default
    if type(value) is not bool:
        _wrong(name, document, "true or false")
    return value


def choice(document: Document, name: str, choices: Collection[str], default: str | None = None) -> Any:  # noqa: ANN401 — one of the literals given
    """Read one of some words; null is the default, where there is one."""
    value = document.get(name)
    if value is None and default is not None:
        return default
    if type(value) is not str or value not in choices:
        _wrong(name, document, f"one of {', '.join(choices)}")
    return value


def texts(document: Document, name: str) -> tuple[str, ...]:
    """Read a list of texts; null is empty."""
    value = document.get(name)
    if value is None:
        return ()
    if type(value) is not list:
        _wrong(name, document, "a list of texts")
    if value and set(map(type, value)) != _TEXTS_ALONE:
        raise Mistake(f"{name}[{_first_but(str, value)}]", "must be a text")
    return tuple(value)


def instant(document: Document, name: str) -> Instant | None:
    """Read an instant with an offset, or null."""
    value = document.get(name)
    if value is None:
        return None
    must = "an instant with an offset, such as 2026-06-18T10:00:00+08:00"
    if type(value) is not str:
        _wrong(name, document, must)
    try:
        return parse_instant(value)
    except Refusal:
        _wrong(name, document, must)


def minute_of_day(document: Document, name: str) -> int:
    """Read a time of day as minutes since midnight; null is midnight."""
    value = document.get(name)
    if value is None:
        return 0
    match = _TIME.fullmatch(value) if type(value) is str else None
    if match is None:
        _wrong(name, document, "a time of day, HH:MM")
    return int(match[1]) * 60 + int(match[2])


def part(document: Document, name: str, read: Callable[[Document], T]) -> T:
    """Read an object that must be there."""
    value = document.get(name)
    if type(value) is not dict:
        _wrong(name, document, "an object")
    try:
        return read(value)
    except Mistake as mistake:
        raise mistake.within(name) from None


def optional_part(document: Document, name: str, read: Callable[[Document], T]) -> T | None:
    """Read an object or null."""
    return None if document.get(name) is None else part(document, name, read)


def parts(document: Document, name: str, read: Callable[[Document], T], *, least: int = 0) -> list[T]:
    """Read a list of objects; null is empty, where it may be."""
    value: Sequence[Any] | None = document.get(name)
    if value is None and least == 0:
        return []
    if type(value) is not list or len(value) < least:
        _wrong(name, document, "a list of objects" if least == 0 else f"a list of at least {least}")
    if value and set(map(type, value)) != _OBJECTS_ALONE:
        raise Mistake(f"{name}[{_first_but(dict, value)}]", "must be an object")
    found: list[T] = []
    try:
        for each in value:
            found.append(read(each))  # noqa: PERF401 — the count of those read says where it stopped
    except Mistake as mistake:
        raise mistake.within(f"{name}[{len(found)}]") from None
    return found


def _first_but(wanted: type, values: Sequence[object]) -> int:
    return next(index for index, each in enumerate(values) if type(each) is not wanted)


def unique(values: Sequence[T], name: str, key: Callable[[T], object], field: str) -> None:
    """Refuse a key that comes twice, at its second place."""
    keys = list(map(key, values))
    if len(set(keys)) == len(keys):
        return
    seen = set()
    for index, own in enumerate(keys):
        if own in seen:
            raise Mistake(f"{name}[{index}].{field}", f"must be its own: {own!r} came before", "duplicate")
        seen.add(own)
