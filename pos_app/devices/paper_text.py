"""Text on paper of a fixed pitch: what can be printed, where it breaks, what stands left and right.

A printer's Chinese font knows two widths, so every character outside ASCII is two columns: also those that Unicode
calls narrow or ambiguous (``é``, ``·``, half-width kana), since GB 18030 sends them as two or four bytes.
"""

import re
import unicodedata
from collections.abc import Iterator

from pos_app.devices.paper import Line, Paper, Sheet, columns_of

UNPRINTABLE = "\N{WHITE SQUARE}"
LAST_OF_BASIC_PLANE = 0xFFFF
_WORDS = re.compile(r"[!-~]+|.", re.DOTALL)
_GAPS = re.compile(r" {2,}")
_YEN = str.maketrans({"¥": "\N{FULLWIDTH YEN SIGN}"})


def printable(text: str) -> str:
    """Leave of any Unicode text what a printer's font can show, on one line.

    The yen sign becomes the full-width one: the half-width sign has no two bytes in GB 18030. Control, format and
    combining characters go; pictographs beyond the basic plane become a square; any white space is one space.
    """
    kept = "".join(_shown(each) for each in unicodedata.normalize("NFC", text).translate(_YEN))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if character.isspace() or category[0] == "Z":
        return " "
    if category[0] in "CM":
        return ""
    return UNPRINTABLE if ord(character) > LAST_OF_BASIC_PLANE and category != "Lo" else character


def wrapped(text: str, columns: int) -> list[str]:
    """Break text into rows of at most so many columns (two or more): between words, and between any two hanzi."""
    rows, row, room = [], "", columns
    for word in _pieces(text, columns):
        width = columns_of(word)
        if width > room:
            rows.append(row.rstrip())
            row, room = "", columns
        if word == " " and not row:
            continue
        row, room = row + word, room - width
    return [*rows, row.rstrip()] if row.strip() or not rows else rows


def _pieces(text: str, columns: int) -> Iterator[str]:
    for word in _WORDS.findall(text):
        for start in range(0, len(word), columns):
            yield word[start : start + columns]


def apart(left: str, right: str, columns: int) -> list[str]:
    """Set one text left and one right on a row; where both do not fit, the left one has rows of its own above."""
    gap = columns - columns_of(left) - columns_of(right)
    if left and gap > 0:
        return [left + " " * gap + right]
    above = wrapped(left, columns) if left else []
    return above + [" " * (columns - columns_of(row)) + row for row in wrapped(right, columns)]


def sheet_text(sheet: Sheet, paper: Paper) -> tuple[str, ...]:
    """Write a sheet as lines of text for a fixed pitch; codes are left out, sizes are not shown."""
    return tuple(_placed(item, paper) for item in sheet if isinstance(item, Line))


def _placed(line: Line, paper: Paper) -> str:
    space = max(paper.columns - columns_of(line.text), 0)
    if not line.text or line.align == "left":
        return _stretched(line.text, line.columns - columns_of(line.text))
    return " " * (space // 2 if line.align == "center" else space) + line.text


def _stretched(text: str, missing: int) -> str:
    """Give the widest gap the columns that large characters lose here, so that what stands right stays there."""
    gap = max(_GAPS.finditer(text), key=lambda found: len(found[0]), default=None)
    return text if gap is None else text[: gap.end()] + " " * missing + text[gap.end() :]
