"""The families of what can go wrong.

    GranaryError
    ├── Refusal          the business says no: a code and the facts of the case; the person can act on it
    └── Breakdown        the surroundings fail: disk, file, line, printer; nothing that was kept is lost
        ├── DiskFull
        ├── FileLocked       another program holds the file
        ├── FileDamaged      not ours, or not readable any more
        ├── FileTooNew       written by a newer release
        ├── LineDown         headquarters cannot be reached
        ├── LineTalksRubbish an answer came that is not headquarters' (a portal's page, half a body)
        └── PrinterDown

A bug is neither: it is an ``AssertionError`` or whatever Python raises, and is not caught but at the edges.
"""

from collections.abc import Mapping


class GranaryError(Exception):
    """The root of what this program raises on purpose.

    ``code`` is also the key of its text in ``resources/translations`` (``error.<code>``);
    ``details`` fill the text's places.
    """

    def __init__(self, code: str, **details: object) -> None:
        """Keep the code and the facts of the case."""
        super().__init__(code, details)
        self.code = code
        self.details: Mapping[str, object] = details

    def __str__(self) -> str:
        """Show the code and the details, for logs."""
        shown = ", ".join(f"{name}={value!r}" for name, value in self.details.items())
        return f"{self.code}({shown})"


class Refusal(GranaryError):
    """The business says no."""


class Breakdown(GranaryError):
    """The surroundings fail."""


class DiskFull(Breakdown):
    """No room left to write: what was kept before stays, this change was not kept."""


class FileLocked(Breakdown):
    """Another program holds the file."""


class FileDamaged(Breakdown):
    """The file is not one of ours, or cannot be read any more."""


class FileTooNew(Breakdown):
    """The file was written by a newer release than this one."""


class LineDown(Breakdown):
    """Headquarters cannot be reached."""


class LineTalksRubbish(Breakdown):
    """Something answered that is not headquarters, or only half of it."""


class PrinterDown(Breakdown):
    """The printer does not take the receipt; it waits."""
