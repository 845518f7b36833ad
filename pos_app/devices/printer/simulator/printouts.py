"""What the simulated printer gave out, as files to look at: bytes, text, and a picture marked as simulated."""

from pathlib import Path

from PIL import Image, ImageDraw

from pos_app.devices.fonts import BOLD, load_font
from pos_app.devices.paper import Paper
from pos_app.devices.paper_picture import INK, MARGIN_DOTS, WHITE, draw_image, png
from pos_app.devices.paper_text import sheet_text
from pos_app.devices.printer.simulator.interpreter import Printed

MARK = "SIMULATED"
KEPT = 100
DESK = 214
BORDER_DOTS = 28
TOOTH_DOTS = 12
BAND_DOTS = 44
BAND_FONT_DOTS = 22


class Printouts:
    """A folder of printouts, numbered on; the oldest go when there are too many."""

    def __init__(self, folder: Path, paper: Paper) -> None:
        """Make the folder; go on after the highest number in it."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._paper = paper
        self._last = max((int(path.stem) for path in folder.glob("*.bin") if path.stem.isdecimal()), default=0)

    def keep(self, printed: Printed) -> None:
        """Write one printout."""
        self._last += 1
        for suffix, content in (
            ("bin", printed.data),
            ("txt", ("\n".join(sheet_text(printed.sheet, self._paper)) + "\n").encode("utf-8")),
            ("png", simulated_picture(printed, self._paper)),
        ):
            self._path(self._last, suffix).write_bytes(content)
            self._path(self._last - KEPT, suffix).unlink(missing_ok=True)

    def _path(self, number: int, suffix: str) -> Path:
        return self._folder / f"{number:05d}.{suffix}"


def simulated_picture(printed: Printed, paper: Paper) -> bytes:
    """Draw the paper as it fell out: on a desk, torn at the knife, and marked."""
    sheet = draw_image(printed.sheet, paper)
    height = BAND_DOTS + sheet.height + TOOTH_DOTS
    desk = Image.new("L", (sheet.width + 2 * BORDER_DOTS, height + 2 * BORDER_DOTS), DESK)
    words = f"{MARK} · drawer opened" if printed.kicks else MARK
    desk.paste(_band(words, sheet.width), (BORDER_DOTS, BORDER_DOTS))
    desk.paste(sheet, (BORDER_DOTS, BORDER_DOTS + BAND_DOTS))
    desk.paste(_teeth(sheet.width), (BORDER_DOTS, BORDER_DOTS + BAND_DOTS + sheet.height))
    return png(desk)


def _band(words: str, width: int) -> Image.Image:
    band = Image.new("L", (width, BAND_DOTS), INK)
    font = load_font(BOLD, BAND_FONT_DOTS)
    ImageDraw.Draw(band).text((MARGIN_DOTS, BAND_DOTS / 2), words, fill=WHITE, font=font, anchor="lm")
    return band


def _teeth(width: int) -> Image.Image:
    """The edge that the knife leaves."""
    teeth = Image.new("L", (width, TOOTH_DOTS), DESK)
    pen = ImageDraw.Draw(teeth)
    for left in range(0, width, 2 * TOOTH_DOTS):
        pen.polygon([(left, 0), (left + 2 * TOOTH_DOTS, 0), (left + TOOTH_DOTS, TOOTH_DOTS)], fill=WHITE)
    return teeth
