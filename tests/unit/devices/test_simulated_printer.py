"""The simulated printer's inside: any bytes in any pieces, and it prints as a printer would."""

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pos_app.devices.paper import PAPER_58, PAPER_80, Look, Qr, text_line
from pos_app.devices.paper_text import sheet_text
from pos_app.devices.printer.jobs import PrinterJobs
from pos_app.devices.printer.sheet_bytes import CUT, START
from pos_app.devices.printer.simulator.commands import MAX_RASTER
from pos_app.devices.printer.simulator.interpreter import Interpreter, Printed
from tests.support.receipts import receipt, words

JOBS = PrinterJobs(words(), PAPER_80)
TWO_JOBS = JOBS.receipt(receipt(), kick=True) + JOBS.test_page()
leads = st.sampled_from(
    [b"\x1b", b"\x1c", b"\x1d", b"\x10\x04", b"\x1dV", b"\x1d(k", b"\x1dv0", b"\x1b*", b"\x1c&", CUT]
)
SWALLOWED = START + CUT + b"\x18" * (1 << 16)
noise = st.lists(st.binary(max_size=20) | leads, max_size=40).map(b"".join)


def fed(*pieces: bytes) -> tuple[list[Printed], Interpreter]:
    printer = Interpreter(PAPER_80)
    return [printed for piece in pieces for printed in printer.feed(piece)], printer


@settings(deadline=None)
@given(noise)
@example(b"\x1dv0\x00\xff\xff\xff\xff" + b"a" * 10)
@example(b"\x1d(k\x03\x001Q0\x1d(k\x00\x00\x1dV\x00")
def test_no_bytes_break_it_and_the_next_job_is_printed_whole(data: bytes) -> None:
    """A command that was cut off may swallow what follows, up to the most that one can hold; then it reads on."""
    _, printer = fed(data)
    most = range(MAX_RASTER // len(SWALLOWED) + 2)
    assert any(printer.feed(START + CUT) or printer.feed(SWALLOWED) for _ in most)

    (printed,) = printer.feed(JOBS.receipt(receipt(), kick=False))
    assert sheet_text(printed.sheet, PAPER_80) == sheet_text(
        fed(JOBS.receipt(receipt(), kick=False))[0][0].sheet, PAPER_80
    )


@settings(deadline=None)
@given(st.lists(st.integers(0, len(TWO_JOBS)), max_size=12))
def test_it_does_not_matter_where_the_line_cuts_the_bytes(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(TWO_JOBS)]
    pieces = [TWO_JOBS[start:end] for start, end in pairwise(edges)]

    assert fed(*pieces)[0] == fed(TWO_JOBS)[0]


@settings(deadline=None)
@given(noise, st.integers(1, 7))
def test_noise_reads_the_same_in_one_piece_and_in_many(data: bytes, size: int) -> None:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]

    assert fed(*pieces, CUT)[0] == fed(data, CUT)[0]


def test_each_cut_gives_its_own_bytes_and_kicks() -> None:
    (first, second), printer = fed(TWO_JOBS)

    assert first.data + second.data == TWO_JOBS
    assert (first.kicks, second.kicks, printer.kicks) == (1, 0, 1)


def test_a_line_that_is_too_wide_goes_on_below() -> None:
    printer = Interpreter(PAPER_58)
    (printed,) = printer.feed(START + ("米" * 17).encode("gb18030") + b"\n" + CUT)

    assert sheet_text(printed.sheet, PAPER_58) == ("米" * 16, "米")


def test_commands_that_it_does_not_know_are_named() -> None:
    (printed,), _ = fed(b"\x1bZ\x1d~A\x07B\n" + CUT)

    assert printed.strange == (b"\x1bZ", b"\x1d~", b"\x07")
    assert sheet_text(printed.sheet, PAPER_80) == ("AB",)


def test_the_older_commands_for_looks_feeds_and_cuts_do_the_same() -> None:
    (printed,), _ = fed(b"\x1b@\x1b!\x38A\x1b!\x00\x1bd\x02\x1ba1B\x1dV\x00")

    assert printed.sheet == (text_line("A", look=Look(2, 2, bold=True)), text_line(""), text_line("B", align="center"))


def test_a_code_is_printed_where_and_as_large_as_it_was_asked() -> None:
    stored = b"\x1ba\x02\x1d(k\x03\x001C\x05\x1d(k\x05\x001P0AB"
    (printed,), _ = fed(stored + b"\x1d(k\x03\x001Q0" + CUT)

    assert printed.sheet == (Qr("AB", 5, "right"),)


def test_it_says_when_it_is_done_only_after_it_printed() -> None:
    answers: list[bytes] = []
    printer = Interpreter(PAPER_80, answers.append)

    printer.feed(b"\x1dr")
    assert answers == []
    printer.feed(b"\x01")
    assert answers == [b"\x00"]
