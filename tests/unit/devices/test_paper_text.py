"""Text on paper: what a printer can print of Unicode, and where it breaks."""

from hypothesis import given
from hypothesis import strategies as st

from pos_app.devices.paper import PAPER_58, Look, Span, columns_of, text_line
from pos_app.devices.paper import Line as PaperLine
from pos_app.devices.paper_text import apart, printable, sheet_text, wrapped

widths = st.integers(2, 60)


@given(st.text())
def test_what_is_printable_travels_as_gb18030_and_comes_back(text: str) -> None:
    shown = printable(text)

    assert shown.encode("gb18030").decode("gb18030") == shown


@given(st.text())
def test_what_is_printable_takes_a_column_for_each_byte_of_the_first_two(text: str) -> None:
    """A printer gives a byte of ASCII one column, and a character of two or four bytes two."""
    shown = printable(text)

    assert columns_of(shown) == sum(min(len(each.encode("gb18030")), 2) for each in shown)


@given(st.text())
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    shown = printable(text)

    assert printable(shown) == shown
    assert not any(ord(each) < 0x20 or ord(each) == 0x7F for each in shown)


def test_control_characters_and_combining_marks_go_and_pictographs_become_a_square() -> None:
    assert printable("米\x1b@\x10\x04\x01V\x00饭") == "米@V饭"
    assert printable("cafe\u0301 q\u0323 \u200b大米\ufeff") == "caf\u00e9 q 大米"
    assert printable("特价\U0001f33e\U0001f468\u200d\U0001f33e") == "特价□□□"
    assert printable("\U00020bb7野家") == "\U00020bb7野家"
    assert printable("  a\t\n\u3000b\u00a0 ") == "a b"


def test_the_half_width_yen_becomes_the_one_that_printers_have() -> None:
    assert printable("¥5").encode("gb18030") == b"\xa3\xa45"


@given(st.text(), widths)
def test_rows_fit_and_nothing_is_lost(text: str, columns: int) -> None:
    shown = printable(text)
    rows = wrapped(shown, columns)

    assert rows
    assert all(columns_of(row) <= columns for row in rows)
    assert "".join("".join(rows).split()) == "".join(shown.split())


def test_rows_break_between_words_and_between_hanzi() -> None:
    assert wrapped("Durum Wheat 500 g", 11) == ["Durum Wheat", "500 g"]
    assert wrapped("五常稻花香大米5kg", 10) == ["五常稻花香", "大米5kg"]
    assert wrapped("ABCDEFGH", 3) == ["ABC", "DEF", "GH"]
    assert wrapped("", 8) == [""]


@given(st.text(), st.text(), widths)
def test_left_and_right_stand_apart_or_below_each_other(left: str, right: str, columns: int) -> None:
    left, right = printable(left), printable(right)
    rows = apart(left, right, columns)

    assert all(columns_of(row) <= columns for row in rows)
    assert "".join("".join(rows).split()) == "".join((left + right).split())
    assert not right or columns_of(rows[-1]) == columns


def test_large_characters_keep_their_edges_in_plain_text() -> None:
    large = text_line("应付   ￥9.00", look=Look(2, 2))
    centred = text_line("禾丰", align="center", look=Look(2, 2))
    right = PaperLine((Span("a"),), "right")

    assert sheet_text((large, centred, right, PaperLine()), PAPER_58) == (
        "应付" + " " * 16 + "￥9.00",
        " " * 14 + "禾丰",
        " " * 31 + "a",
        "",
    )
