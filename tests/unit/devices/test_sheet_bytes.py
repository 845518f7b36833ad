"""What goes over the wire: held against python-escpos' own printer, and read back by the simulated one."""

from typing import Any, Literal

import pytest
from escpos.printer import Dummy
from hypothesis import given
from hypothesis import strategies as st

from pos_app.devices.drawer import DrawerPulse
from pos_app.devices.paper import PAPER_80, Look, Paper, Qr, Sheet, text_line
from pos_app.devices.paper_text import printable, sheet_text
from pos_app.devices.printer.jobs import PrinterJobs, sample_sheet
from pos_app.devices.printer.sheet_bytes import CUT, START, sheet_bytes
from pos_app.devices.printer.simulator.interpreter import Interpreter, Printed
from pos_app.devices.receipt_layout import lay_out
from tests.support.receipts import PAPERS, receipt, words

HALF_WIDTH_YEN = "¥".encode("gb18030")
FULL_WIDTH_YEN = b"\xa3\xa4"
aligns = st.sampled_from(["left", "center", "right"])
looks = st.builds(Look, st.integers(1, 8), st.integers(1, 8), st.booleans())
texts = st.text(max_size=6).map(printable).filter(lambda text: text.strip() == text)
items = st.builds(lambda text, align: text_line(text, align=align), texts, aligns) | st.builds(
    lambda text, align, look: text_line(text[:3], align=align, look=look), texts, aligns, looks
)
codes = st.builds(Qr, st.text("0123456789ABC-米", min_size=1), st.integers(1, 16), aligns)
sheets = st.lists(items.filter(lambda line: line.columns <= PAPER_80.columns) | codes, max_size=12).map(tuple)


def printed(data: bytes) -> Printed:
    (one,) = Interpreter(PAPER_80).feed(data)
    return one


@given(sheets)
def test_the_printer_reads_back_the_very_sheet_that_was_sent(sheet: Sheet) -> None:
    read = printed(sheet_bytes(sheet))

    assert read.sheet == sheet
    assert read.strange == ()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_receipt_comes_out_as_it_stands_on_the_screen(language: str, paper: Paper) -> None:
    sheet = lay_out(receipt(), words(language), paper)
    (read,) = Interpreter(paper).feed(sheet_bytes(sheet))

    assert sheet_text(read.sheet, paper) == sheet_text(sheet, paper)
    assert read.sheet == sheet


def test_the_commands_are_those_of_python_escpos() -> None:
    look = Look(2, 2, bold=True)
    sheet = (text_line("Total", align="center", look=look), text_line("ok"), Qr("S001-R1", 6, "left"))
    theirs: Any = Dummy()
    theirs.hw("INIT")
    theirs._raw(START.removeprefix(theirs.output))
    theirs.set(align="center")
    theirs.set(custom_size=True, width=2, height=2)
    theirs.set(bold=True)
    theirs._raw(b"Total\n")
    theirs.set(align="left")
    theirs.set(custom_size=True, width=1, height=1)
    theirs.set(bold=False)
    theirs._raw(b"ok\n")
    theirs.qr("S001-R1", ec=1, size=6, native=True)
    theirs.cut(feed=False)

    assert sheet_bytes(sheet) == theirs.output


@pytest.mark.parametrize("pin", [2, 5])
def test_the_drawers_pulse_is_that_of_python_escpos(pin: Literal[2, 5]) -> None:
    theirs: Any = Dummy()
    theirs.cashdraw([27, 112, 0 if pin == 2 else 1, 50, 250])

    assert DrawerPulse(pin, on_ms=100, off_ms=500).command() == theirs.output


@pytest.mark.parametrize(("on_ms", "off_ms"), [(0, 100), (200, 100), (100, 1000)])
def test_a_pulse_that_no_printer_can_give_is_a_bug(on_ms: int, off_ms: int) -> None:
    with pytest.raises(AssertionError):
        DrawerPulse(2, on_ms, off_ms)


def test_yen_goes_as_the_full_width_sign_and_never_as_the_half_width_ones_four_bytes() -> None:
    data = sheet_bytes(lay_out(receipt(store="¥ 店"), words(), PAPER_80))

    assert len(HALF_WIDTH_YEN) == 4
    assert HALF_WIDTH_YEN not in data
    assert data.count(FULL_WIDTH_YEN) == 3


def test_a_dollar_stays_one_since_the_chinese_set_of_signs_is_switched_off() -> None:
    assert b"\x1bR\x00" in START
    assert "$1.00" in "".join(sheet_text(sample_sheet(words(), PAPER_80), PAPER_80))


def test_hanzi_are_raw_gb18030_after_the_kanji_mode_is_on() -> None:
    data = sheet_bytes((text_line("应付"),))

    assert data == START + "应付".encode("gb18030") + b"\n" + CUT
    assert data.index(b"\x1c&") < data.index("应付".encode("gb18030"))


def test_without_the_kanji_mode_a_printer_prints_rubbish() -> None:
    read = printed(sheet_bytes((text_line("应付"),)).replace(b"\x1c&", b""))

    assert "应付" not in "".join(sheet_text(read.sheet, PAPER_80))
    assert sheet_text(read.sheet, PAPER_80) == (
        "".join(bytes([each]).decode("cp437") for each in "应付".encode("gb18030")),
    )


def test_the_drawer_opens_before_the_first_line_is_printed() -> None:
    jobs = PrinterJobs(words(), PAPER_80)

    assert jobs.receipt(receipt(), kick=True).startswith(jobs.drawer())
    assert jobs.drawer() not in jobs.receipt(receipt(), kick=False)
    assert printed(jobs.receipt(receipt(), kick=True)).kicks == 1


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_the_test_page_fits_and_shows_every_column(paper: Paper) -> None:
    (read,) = Interpreter(paper).feed(PrinterJobs(words(), paper).test_page())

    assert read.sheet == sample_sheet(words(), paper)
    assert paper.columns in {len(row) for row in sheet_text(read.sheet, paper) if row.isdecimal()}
