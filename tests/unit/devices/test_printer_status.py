"""A printer's status bytes: what they mean, by Epson's table, and that the simulated printer speaks them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.devices.printer.status import (
    OFFLINE_CAUSE,
    PAPER_SENSOR,
    PRINTER,
    Trouble,
    answer_of,
    ask,
    is_done,
    is_status,
    trouble_of,
)
from pos_app.domain.errors import PrinterDown

READY = 0x12


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ((0x12, 0x12, 0x12), ""),
        ((0x16, 0x12, 0x1E), ""),
        ((0x1A, 0x12, 0x12), "printer_offline"),
        ((0x1A, 0x16, 0x12), "printer_cover_open"),
        ((0x1A, 0x32, 0x72), "printer_paper_out"),
        ((0x12, 0x12, 0x7E), "printer_paper_out"),
        ((0x1A, 0x52, 0x12), "printer_broken"),
        ((0x1A, 0x36, 0x72), "printer_cover_open"),
    ],
    ids=["ready", "drawer_open_paper_low", "offline", "cover", "paper", "sensor_alone", "error", "cover_first"],
)
def test_the_bits_mean_what_the_reference_says(answers: tuple[int, int, int], code: str) -> None:
    trouble = trouble_of(*answers)

    assert trouble.code == code
    if code:
        with pytest.raises(PrinterDown) as down:
            trouble.check()
        assert down.value.code == code
    else:
        trouble.check()


@given(st.builds(Trouble, st.booleans(), st.booleans(), st.booleans(), st.booleans()))
def test_a_printer_in_trouble_is_understood(trouble: Trouble) -> None:
    answers = [answer_of(trouble, part) for part in (PRINTER, OFFLINE_CAUSE, PAPER_SENSOR)]

    assert trouble_of(*answers).code == trouble.code
    assert all(is_status(answer) and not is_done(answer) for answer in answers)


def test_the_question_is_the_real_time_one() -> None:
    assert ask(PAPER_SENSOR) == b"\x10\x04\x04"


@given(st.integers(0, 255))
def test_no_byte_answers_both_questions(answer: int) -> None:
    assert not (is_status(answer) and is_done(answer))
