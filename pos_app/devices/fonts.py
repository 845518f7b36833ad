"""Where the fonts lie that a picture of a receipt is drawn with.

Looked for by file and face, in the folders where the systems keep fonts: the same font gives the same picture, and a
machine without any is told which package to install instead of getting boxes.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont

from pos_app.domain.errors import Breakdown

PACKAGE = "fonts-noto-cjk"
MAX_FACES = 32
"""More than any collection of fonts has; an index past the end ends the search by itself."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file: the file's name, and the family that must be in it."""

    file: str
    family: str


REGULAR = (
    Face("NotoSansCJK-Regular.ttc", "Noto Sans Mono CJK SC"),
    Face("NotoSansMonoCJKsc-Regular.otf", "Noto Sans Mono CJK SC"),
    Face("simsun.ttc", "NSimSun"),
    Face("Hiragino Sans GB.ttc", "Hiragino Sans GB"),
)
BOLD = (
    Face("NotoSansCJK-Bold.ttc", "Noto Sans Mono CJK SC"),
    Face("NotoSansMonoCJKsc-Bold.otf", "Noto Sans Mono CJK SC"),
    *REGULAR,
)


def font_folders() -> tuple[Path, ...]:
    """Name the folders where this system keeps fonts."""
    home = Path.home()
    if sys.platform == "win32":
        return (Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", home / "AppData/Local/Microsoft/Windows/Fonts")
    if sys.platform == "darwin":
        return (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    return (home / ".local/share/fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))


def load_font(faces: Sequence[Face], size: int, folders: Sequence[Path] | None = None) -> ImageFont.FreeTypeFont:
    """Load the first face that is here; raise ``Breakdown("font_missing")`` naming the package when none is."""
    for face in faces:
        for file in _files(face.file, font_folders() if folders is None else folders):
            font = _face_of(file, face.family, size)
            if font is not None:
                return font
    raise Breakdown("font_missing", package=PACKAGE)


def _files(name: str, folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.rglob(name))


def _face_of(file: Path, family: str, size: int) -> ImageFont.FreeTypeFont | None:
    for index in range(MAX_FACES):
        try:
            font = ImageFont.truetype(file, size, index=index)
        except OSError:
            return None
        if font.getname()[0] == family:
            return font
    return None
