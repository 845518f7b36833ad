"""A sheet drawn dot for dot as a picture: what the screen shows and what the simulated printer gives out.

Each character has its own cell, so columns stand as on the printer whatever the font's widths are. Loads Pillow and
`qrcode`; the counter's start does not.
"""

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from pos_app.devices.fonts import BOLD, REGULAR, load_font
from pos_app.devices.paper import DOTS_PER_COLUMN, Align, Line, Look, Paper, Qr, Sheet, columns_of

GLYPH_DOTS = 24
LINE_DOTS = 32
"""From one line to the next: a character and the space between lines."""
SPACE_DOTS = (LINE_DOTS - GLYPH_DOTS) // 2
"""Above and below a character; descenders reach into it."""
MARGIN_DOTS = 36
WHITE, INK = 255, 24
BASELINE = 0.86
"""Where letters stand in their cell, as a part of its height."""
QR_QUIET_MODULES = 2


def draw(sheet: Sheet, paper: Paper) -> bytes:
    """Draw a sheet as a PNG; raise ``Breakdown("font_missing")`` where no Chinese font is."""
    return png(draw_image(sheet, paper))


def png(image: Image.Image) -> bytes:
    """Write an image as a PNG."""
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_image(sheet: Sheet, paper: Paper) -> Image.Image:
    """Draw a sheet, with white around what is printed."""
    strips = [_strip(item, paper) for item in sheet]
    height = sum(strip.height for strip in strips)
    image = Image.new("L", (paper.dots + 2 * MARGIN_DOTS, height + 2 * MARGIN_DOTS), WHITE)
    top = MARGIN_DOTS
    for strip in strips:
        image.paste(strip, (MARGIN_DOTS, top))
        top += strip.height
    return image


def _strip(item: Line | Qr, paper: Paper) -> Image.Image:
    return _qr_strip(item, paper) if isinstance(item, Qr) else _line_strip(item, paper)


def _line_strip(line: Line, paper: Paper) -> Image.Image:
    tallest = max((span.look.height for span in line.spans), default=1)
    strip = Image.new("L", (paper.dots, GLYPH_DOTS * tallest + LINE_DOTS - GLYPH_DOTS), WHITE)
    left = _left(line.align, line.columns * DOTS_PER_COLUMN, paper)
    for span in line.spans:
        top = GLYPH_DOTS * (tallest - span.look.height) + SPACE_DOTS * (1 - span.look.height)
        for character in span.text:
            if character != " ":
                cell = _INKWELL.cell(character, span.look)
                strip.paste(INK, (left, top), cell)
            left += columns_of(character) * DOTS_PER_COLUMN * span.look.width
    return strip


def _left(align: Align, width: int, paper: Paper) -> int:
    space = max(paper.dots - width, 0)
    return {"left": 0, "center": space // 2, "right": space}[align]


def _qr_strip(qr: Qr, paper: Paper) -> Image.Image:
    code = QRCode(error_correction=ERROR_CORRECT_M, box_size=1, border=QR_QUIET_MODULES)
    code.add_data(qr.content)
    rows = code.get_matrix()
    size = len(rows) * qr.module_dots
    small = Image.new("L", (len(rows), len(rows)), WHITE)
    small.putdata([INK if dark else WHITE for row in rows for dark in row])
    strip = Image.new("L", (paper.dots, size), WHITE)
    strip.paste(small.resize((size, size), Image.Resampling.NEAREST), (_left(qr.align, size, paper), 0))
    return strip


@dataclass(slots=True)
class _Inkwell:
    """Characters drawn once for each look, as masks."""

    cells: dict[tuple[str, Look], Image.Image] = field(default_factory=dict)

    def cell(self, character: str, look: Look) -> Image.Image:
        key = (character, look)
        if key not in self.cells:
            if len(self.cells) >= CELLS_LIMIT:
                self.cells.clear()
            self.cells[key] = _draw_cell(character, look)
        return self.cells[key]


CELLS_LIMIT = 2000
_INKWELL = _Inkwell()


def _draw_cell(character: str, look: Look) -> Image.Image:
    """Draw a character as large as its larger side, then press it into its cell, as a printer's doubling does."""
    scale = max(look.width, look.height)
    width, height = columns_of(character) * DOTS_PER_COLUMN, GLYPH_DOTS + 2 * SPACE_DOTS
    font = _font(GLYPH_DOTS * scale, bold=look.bold)
    drawn = Image.new("L", (width * scale, height * scale), 0)
    place = (width * scale / 2, scale * (SPACE_DOTS + GLYPH_DOTS * BASELINE))
    ImageDraw.Draw(drawn).text(place, character, fill=255, font=font, anchor="ms")
    return drawn.resize((width * look.width, height * look.height), Image.Resampling.LANCZOS)


@cache
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    return load_font(BOLD if bold else REGULAR, size)
