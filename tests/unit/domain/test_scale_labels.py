"""Scale labels: what stands where, by the chain's own mask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.codes import check_digit
from pos_app.domain.errors import Refusal
from pos_app.domain.scale_labels import USUAL, LabelLayout, read_label

BOTH = "2#PPPPPAAAAAWWWWWC"


def label(digits: str) -> str:
    return f"{digits}{check_digit(digits)}"


@pytest.mark.parametrize(
    ("text", "plu", "weight", "amount"),
    [
        (label("211001100755"), "10011", 755, None),
        (label("221001100483"), "10011", None, 483),
        (label("20100110048300755"), "10011", 755, 483),
        (label("24100119999999999"), "10011", 99_999, 99_999),
    ],
)
def test_a_usual_label_is_read(text: str, plu: str, weight: int | None, amount: int | None) -> None:
    read = read_label(text)
    assert read is not None
    assert (read.plu, read.weight, read.amount) == (plu, weight, amount)


@pytest.mark.parametrize(
    "text",
    [
        label("211001100755")[:-1] + str((check_digit("211001100755") + 1) % 10),
        label("251001100755"),
        label("611001100755"),
        label("25100110048300755"),
        "21100110075",
        "21100110075５6",
        "",
    ],
    ids=["check digit", "no layout", "a maker's code", "may be a payment code", "short", "wide digit", "nothing"],
)
def test_what_is_none_is_not_read(text: str) -> None:
    assert read_label(text) is None


@given(st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 9))
def test_every_figure_comes_out_as_it_went_in(plu: int, amount: int, weight: int, any_digit: int) -> None:
    text = label(f"2{any_digit}{plu:05d}{amount:05d}{weight:05d}")
    read = LabelLayout(BOTH).read(text)
    assert read is not None
    assert (int(read.plu), read.amount, read.weight) == (plu, amount, weight)


@given(st.text(max_size=20))
def test_nothing_that_is_scanned_breaks_it(text: str) -> None:
    read_label(text)


@pytest.mark.parametrize(
    ("mask", "reason"),
    [
        ("21PPPPPWWWWW", "has 12 signs, not 13 or 18"),
        ("21PPPPPXXXXXC", "has X in it, which stands for nothing"),
        ("69PPPPPWWWWWC", "does not begin with 2: other prefixes are not the chain's own"),
        ("21########WWC", "has no P: no goods' number"),
        ("21CPPPPWWWWWC", "has a C that is not its last sign"),
        ("21PPPPP#####C", "has neither W nor A"),
    ],
)
def test_a_mask_that_cannot_be_is_named(mask: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        LabelLayout(mask)
    assert (refused.value.code, refused.value.details["reason"]) == ("label_mask", reason)


def test_no_usual_layout_reads_what_a_payment_code_begins_with() -> None:
    for first in (*range(10, 16), *range(25, 31)):
        text = label(f"{first}100110048300755")
        assert read_label(text, USUAL) is None
