"""Receipts as pictures: as wide as the paper, marked when simulated, and a clear word where no font is."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from pos_app.devices.fonts import Face, load_font
from pos_app.devices.paper import PAPER_58, PAPER_80, Look, Paper, Qr, Sheet, text_line
from pos_app.devices.paper_picture import INK, MARGIN_DOTS, QR_QUIET_MODULES, WHITE, draw, draw_image
from pos_app.devices.printer.jobs import PrinterJobs
from pos_app.devices.printer.simulator.interpreter import Interpreter
from pos_app.devices.printer.simulator.printouts import KEPT, Printouts, simulated_picture
from pos_app.devices.receipt_renderings import ReceiptRenderings
from pos_app.domain.errors import Breakdown
from tests.support.receipts import PAPERS, receipt, report_words, words


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


def inked_columns(sheet: Sheet, paper: Paper = PAPER_80) -> tuple[int, int]:
    """The first and last dot across with ink on it, counted from the paper's printed edge."""
    box = draw_image(sheet, paper).point(lambda dot: WHITE - dot).getbbox()
    assert box is not None
    return box[0] - MARGIN_DOTS, box[2] - MARGIN_DOTS


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_a_receipts_picture_is_as_wide_as_its_paper(paper: Paper) -> None:
    picture = opened(ReceiptRenderings(words(), report_words(), paper, draw).picture(receipt()))

    assert picture.format == "PNG"
    assert picture.width == paper.dots + 2 * MARGIN_DOTS
    assert picture.height > picture.width


def test_the_same_receipt_gives_the_same_picture() -> None:
    shown = ReceiptRenderings(words(), report_words(), PAPER_80, draw)

    assert shown.picture(receipt()) == shown.picture(receipt())
    assert shown.picture(receipt()) != shown.picture(receipt(copy=True))


@pytest.mark.parametrize("look", [Look(), Look(2, 2, bold=True), Look(1, 2), Look(2, 1)], ids=str)
def test_a_full_row_of_hanzi_fills_the_paper_and_stays_on_it(look: Look) -> None:
    first, last = inked_columns((text_line("国" * (PAPER_80.columns // 2 // look.width), look=look),))

    assert 0 <= first < 12
    assert PAPER_80.dots - 12 < last <= PAPER_80.dots


def test_the_code_in_the_picture_has_the_modules_of_its_content() -> None:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QR_QUIET_MODULES)
    code.add_data("S001-R1-20260618-0042")
    rows = code.get_matrix()
    image = draw_image((Qr("S001-R1-20260618-0042", 6, "left"),), PAPER_80)

    middles = [
        [image.getpixel((MARGIN_DOTS + 6 * x + 3, MARGIN_DOTS + 6 * y + 3)) == INK for x in range(len(rows))]
        for y in range(len(rows))
    ]
    assert middles == rows


def test_a_machine_without_a_chinese_font_is_told_which_package_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "broken.ttc").write_bytes(b"no font")
    with pytest.raises(Breakdown) as broken:
        load_font([Face("broken.ttc", "Noto"), Face("absent.ttc", "Noto")], 24, [tmp_path, tmp_path / "nowhere"])

    assert (broken.value.code, broken.value.details) == ("font_missing", {"package": "fonts-noto-cjk"})


def test_what_the_simulated_printer_gives_out_is_marked_and_larger_than_the_paper() -> None:
    jobs = PrinterJobs(words(), PAPER_58)
    kicked, silent = Interpreter(PAPER_58).feed(
        jobs.receipt(receipt(), kick=True) + jobs.receipt(receipt(), kick=False)
    )
    marked, plain = opened(simulated_picture(kicked, PAPER_58)), opened(draw(kicked.sheet, PAPER_58))

    assert marked.size > plain.size
    assert simulated_picture(kicked, PAPER_58) != simulated_picture(silent, PAPER_58)


def test_printouts_are_numbered_on_and_the_oldest_go(tmp_path: Path) -> None:
    (printed,) = Interpreter(PAPER_80).feed(PrinterJobs(words(), PAPER_80).test_page())
    Printouts(tmp_path, PAPER_80).keep(printed)
    (tmp_path / f"{KEPT:05d}.bin").write_bytes(b"from the day before")

    Printouts(tmp_path, PAPER_80).keep(printed)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{KEPT:05d}.bin", *(f"{KEPT + 1:05d}.{suffix}" for suffix in ("bin", "png", "txt"))
    ]  # fmt: skip
    assert "打印测试页" in (tmp_path / f"{KEPT + 1:05d}.txt").read_text(encoding="utf-8")
