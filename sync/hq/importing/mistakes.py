"""Mistakes in what people send: file, row, column and reason of each, all at once. A warning refuses nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import msgspec

from pos_app.domain.errors import Refusal

MOST_SHOWN: Final = 200
MOST_VALUE_CHARACTERS: Final = 60

T_co = TypeVar("T_co", covariant=True)


class Mistake(msgspec.Struct, frozen=True):
    """One mistake. ``row`` is the line in a CSV file, or the number in a JSON list, from 1; 0: the file as a whole."""

    file: str
    row: int
    column: str
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class ReadRow(Generic[T_co]):
    """A row that could be read, and where it stood."""

    file: str
    row: int
    value: T_co


@dataclass(slots=True)
class Mistakes:
    """Gathers them, and beside them what is only likely to be one."""

    found: list[Mistake] = field(default_factory=list)
    count: int = 0
    warnings: list[Mistake] = field(default_factory=list)
    warning_count: int = 0

    def add(self, row: ReadRow[object], column: str, reason: str, value: object = "") -> None:
        """Note one in a row."""
        self.note(row.file, row.row, column, reason, value=value)

    def note(self, file: str, row: int, column: str, reason: str, *, value: object = "") -> None:
        """Note one; past a number they are only counted."""
        self.count += 1
        if len(self.found) < MOST_SHOWN:
            self.found.append(Mistake(file, row, column, reason, str(value)[:MOST_VALUE_CHARACTERS]))

    def warn(self, row: ReadRow[object], column: str, reason: str, value: object = "") -> None:
        """Note what is taken, but is likely not to be meant."""
        self.warning_count += 1
        if len(self.warnings) < MOST_SHOWN:
            self.warnings.append(Mistake(row.file, row.row, column, reason, str(value)[:MOST_VALUE_CHARACTERS]))

    def raise_any(self) -> None:
        """Raise ``Refusal("import_mistakes")`` with all of them, in the order of the file."""
        if self.count:
            shown = [msgspec.to_builtins(mistake) for mistake in in_order(self.found)]
            raise Refusal("import_mistakes", count=self.count, mistakes=shown)


def in_order(found: Sequence[Mistake]) -> list[Mistake]:
    """Sort as a person reads the file."""
    return sorted(found, key=lambda mistake: (mistake.file, mistake.row))


def mistakes_of(details: Mapping[str, object]) -> list[Mistake]:
    """Read the mistakes out of a refusal's details."""
    return msgspec.convert(details.get("mistakes", []), list[Mistake])
