"""A template of words for paper (TOML under ``resources``), read strictly: what is wrong is told by its field.

Knows nothing of what is printed with it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos_app.devices.paper_text import printable
from pos_app.domain.errors import Refusal


def open_template(path: Path) -> "TemplateReader":
    """Open a template; raise ``Refusal("receipt_template")`` where it is no TOML."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refusal("receipt_template", file=path.name, field="", reason=str(error)) from error
    return TemplateReader(path.name, document)


@dataclass(frozen=True, slots=True)
class TemplateReader:
    """A document whose faults are told by its file's name and their field."""

    file: str
    document: Mapping[str, Any]

    def expect(self, found: Mapping[str, Any], keys: set[str], prefix: str) -> None:
        """Refuse a table that lacks one of the keys, or has another."""
        for key in sorted(keys ^ found.keys()):
            raise self._fault(prefix + key, "missing" if key in keys else "unknown")

    def word(self, key: str, places: tuple[str, ...]) -> str:
        """Read a text in which these places stand."""
        text = self.document[key]
        if not isinstance(text, str):
            raise self._fault(key, "not a text")
        for place in places:
            if "{" + place + "}" not in text:
                raise self._fault(key, "lacks {" + place + "}")
        return printable(text)

    def rows(self, key: str) -> tuple[str, ...]:
        """Read a list of texts."""
        rows = self.document[key]
        if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
            raise self._fault(key, "not a list of texts")
        return tuple(printable(row) for row in rows)

    def table(self, key: str) -> dict[str, str]:
        """Read a table of texts."""
        table = self.document[key]
        if not isinstance(table, dict) or not all(isinstance(text, str) for text in table.values()):
            raise self._fault(key, "not a table of texts")
        return {key: printable(text) for key, text in table.items()}

    def _fault(self, field: str, reason: str) -> Refusal:
        return Refusal("receipt_template", file=self.file, field=field, reason=reason)
