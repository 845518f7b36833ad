"""Reading a CSV table for people: every mistake is noted with its file, row, column and what to write instead.

Knows nothing of what the tables mean.
"""

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_AMOUNT = re.compile(r"(\d{1,7})\.(\d{2})")
_DEGREES = re.compile(r"(-?)(\d{1,3})\.(\d{1,6})")


class BadTables(Exception):
    """The tables cannot be turned into a chain; ``problems`` has a line for each mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep every line."""
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(slots=True)
class Problems:
    """The mistakes found so far. Reading goes on after one, so that a person sees them together."""

    lines: list[str] = field(default_factory=list)

    def note(self, where: str, what: str) -> None:
        """Add a mistake."""
        self.lines.append(f"{where}: {what}")

    def raise_any(self) -> None:
        """Raise `BadTables` when there was any."""
        if self.lines:
            raise BadTables(self.lines)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. A cell that cannot be read is noted, and reads as empty or 0."""

    where: str
    cells: dict[str, str]
    problems: Problems

    def fail(self, column: str, reason: str) -> None:
        """Note a mistake in a cell."""
        self.problems.note(f"{self.where}: {column}", reason)

    def optional(self, column: str) -> str:
        """Read a cell that may be empty."""
        return self.cells[column].strip()

    def text(self, column: str) -> str:
        """Read a cell that must hold something."""
        text = self.optional(column)
        if not text:
            self.fail(column, "must not be empty")
        return text

    def matching(self, column: str, pattern: str, meaning: str) -> str:
        """Read a cell of a given form; ``meaning`` says it in words."""
        text = self.optional(column)
        if re.fullmatch(pattern, text):
            return text
        self.fail(column, f"{text!r} is not {meaning}")
        return ""

    def choice(self, column: str, allowed: Collection[str], home: str = "") -> str:
        """Read one of the allowed words; ``home`` names the table that lists them when they are many."""
        text = self.optional(column)
        if text not in allowed:
            self.fail(column, f"{text!r} is not {f'in {home}' if home else 'one of ' + ', '.join(sorted(allowed))}")
        return text

    def listed(self, column: str) -> list[str]:
        """Read a list, its entries divided by semicolons."""
        return [entry.strip() for entry in self.optional(column).split(";") if entry.strip()]

    def choices(self, column: str, allowed: Collection[str]) -> list[str]:
        """Read a list of allowed words."""
        entries = self.listed(column)
        for entry in entries:
            if entry not in allowed:
                self.fail(column, f"{entry!r} is not one of {', '.join(sorted(allowed))}")
        return entries

    def count(self, column: str) -> int:
        """Read a whole number, 0 or more."""
        return int(self.matching(column, r"[0-9]{1,9}", "a whole number like 120") or 0)

    def amount_fen(self, column: str) -> int:
        """Read an amount in yuan as fen, without a float in between."""
        match = _AMOUNT.fullmatch(self.optional(column))
        fen = int(match[1]) * 100 + int(match[2]) if match else 0
        if not fen:
            self.fail(column, f"{self.optional(column)!r} is not an amount in yuan like 36.90")
        return fen

    def degrees_e6(self, column: str) -> int:
        """Read degrees as millionths, without a float in between."""
        match = _DEGREES.fullmatch(self.optional(column))
        if match is None:
            self.fail(column, f"{self.optional(column)!r} is not degrees like 30.319400")
            return 0
        sign, whole, fraction = match.groups()
        return (-1 if sign else 1) * (int(whole) * 1_000_000 + int(fraction.ljust(6, "0")))

    def unique(self, column: str, value: str, seen: dict[str, str]) -> None:
        """Note a value that an earlier row has; ``seen`` remembers where each was."""
        if value and value in seen:
            self.fail(column, f"{value!r} stands at {seen[value]} already")
        seen.setdefault(value, self.where)


def read_table(path: Path, columns: Sequence[str], problems: Problems) -> list[Row]:
    """Read a CSV file with exactly these columns, in any order. Empty lines are skipped."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _rows(path, file.read().splitlines(keepends=True), columns, problems=problems)
    except FileNotFoundError:
        problems.note(str(path), "is missing")
    except UnicodeDecodeError:
        problems.note(str(path), "is not UTF-8: save it as “CSV UTF-8”")
    except csv.Error as error:
        problems.note(str(path), f"is not a CSV table: {error}")
    return []


def _rows(path: Path, lines: Sequence[str], columns: Sequence[str], *, problems: Problems) -> list[Row]:
    reader = csv.reader(lines, strict=True)
    header = [name.strip() for name in next(reader, [])]
    for name in columns:
        if header.count(name) != 1:
            problems.note(f"{path}:1", f"needs the column {name!r} once, has it {header.count(name)} times")
    for name in header:
        if name not in columns:
            problems.note(f"{path}:1", f"has the column {name!r}, which nothing reads")
    if set(header) != set(columns) or len(header) != len(columns):
        return []
    rows = []
    for cells in reader:
        where = f"{path}:{reader.line_num}"
        if len(cells) == len(header):
            rows.append(Row(where, dict(zip(header, cells, strict=True)), problems))
        elif cells:
            problems.note(where, f"has {len(cells)} cells, the header has {len(header)}")
    return rows
