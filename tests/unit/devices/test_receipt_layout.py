"""Receipts on paper, held to golden texts, to the width of the paper, and to their sums."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.devices.paper import PAPER_58, PAPER_80, Line, Paper, Qr, columns_of
from pos_app.devices.paper_text import printable, sheet_text
from pos_app.devices.receipt_layout import amount_text, lay_out, pieces
from pos_app.domain.money import MAX_FEN
from pos_app.domain.receipt import Receipt, Saved
from tests.support.receipts import GOLDEN, PAPERS, good, plain_receipt, receipt, returned_receipt, words

CASES = {
    "zh_CN-80": ("zh_CN", PAPER_80, receipt()),
    "zh_CN-58": ("zh_CN", PAPER_58, receipt()),
    "en-80": ("en", PAPER_80, receipt()),
    "en-58-copy": ("en", PAPER_58, receipt(copy=True)),
    "zh_CN-80-return": ("zh_CN", PAPER_80, returned_receipt()),
    "en-58-void": ("en", PAPER_58, returned_receipt(kind="void")),
    "zh_CN-80-copy-plain": (
        "zh_CN",
        PAPER_80,
        plain_receipt(copy=True),
    ),
}
amounts = st.integers(min_value=0, max_value=MAX_FEN)
anything = st.text(max_size=80)
savings = st.lists(st.builds(Saved, anything, amounts), max_size=4).map(tuple)
goods = st.builds(
    good,
    anything,
    quantity=st.integers(1, 9_999_999),
    unit=st.text(max_size=6),
    unit_price=amounts,
    gross=amounts,
    net=amounts,
    code=st.text(max_size=40),
    weighed=st.booleans(),
    savings=savings,
    price_kind=st.sampled_from(["base", "campaign", "member", "lot", "other", None]),
    base_price=st.none() | amounts,
)
receipts = st.builds(
    receipt,
    store=anything,
    operator=anything,
    member=st.none() | anything,
    lines=st.lists(goods, max_size=5).map(tuple),
    gross=amounts,
    saving=amounts,
    rounding=amounts,
    payable=amounts,
    tenders=st.lists(st.tuples(st.text(max_size=30), amounts, amounts, amounts), max_size=3).map(tuple),
    savings=savings,
    points_used=amounts,
    points_amount=amounts,
    points_earned=amounts,
    copy=st.booleans(),
    kind=st.sampled_from(["sale", "return", "void"]),
    original=anything,
    points_taken=amounts,
    points_given=amounts,
)


def text_of(shown: Receipt, language: str = "zh_CN", paper: Paper = PAPER_80) -> list[str]:
    return list(sheet_text(lay_out(shown, words(language), paper), paper))


@pytest.mark.parametrize("case", CASES)
def test_a_receipt_is_laid_out_to_the_character(case: str) -> None:
    language, paper, shown = CASES[case]
    golden = GOLDEN / f"{case}.txt"
    text = "\n".join(text_of(shown, language, paper)) + "\n"

    assert text == golden.read_text(encoding="utf-8")


@given(shown=receipts, paper=st.sampled_from(PAPERS), language=st.sampled_from(["zh_CN", "en"]))
def test_no_line_is_wider_than_the_paper_whatever_the_names_are(shown: Receipt, paper: Paper, language: str) -> None:
    sheet = lay_out(shown, words(language), paper)

    assert [line for line in sheet if isinstance(line, Line) and line.columns > paper.columns] == []
    assert [row for row in sheet_text(sheet, paper) if columns_of(row) > paper.columns] == []


@given(name=anything, paper=st.sampled_from(PAPERS))
def test_a_name_is_never_cut_short(name: str, paper: Paper) -> None:
    rows = text_of(receipt(lines=(good(name),)), paper=paper)

    assert "".join(printable(name).split()) in "".join("".join(rows).split())


def test_the_totals_add_up_on_paper_as_on_the_screen() -> None:
    rows = text_of(receipt())

    figures = {row.split()[0]: row.split()[-1].lstrip("\N{FULLWIDTH YEN SIGN}") for row in rows if len(row.split()) > 1}
    shown = [figures[word] for word in ("合计", "任两袋减", "积分抵现（200", "抹零", "应付")]
    assert shown == ["337.26", "-5.00", "-2.00", "-0.06", "327.20"]
    assert [figures[word] for word in ("现金", "找零", "本次积分")] == ["400.00", "72.80", "491"]


def test_a_line_says_what_it_was_what_came_off_and_by_what() -> None:
    rows = text_of(receipt())

    first = rows.index("五常稻花香大米 5kg")
    assert [row.split() for row in rows[first + 1 : first + 4]] == [
        ["6999999090014", "2", "袋", "×", "65.90", "131.80"],
        ["会员价，原价", "68.90"],
        ["任两袋减", "5", "元", "/", "5", "元粮油券", "/", "积分抵现", "-10.00"],
    ]


def test_what_was_saved_counts_from_the_base_prices() -> None:
    # 5.00 and 3.00 off, and twice 68.90 − 65.90
    assert any("14.00" in row and "节省" in row for row in text_of(receipt()))


def test_twelve_savings_on_a_line_are_all_named_within_the_paper() -> None:
    many = tuple(Saved(f"满 {number}00 元再减一分", 1) for number in range(1, 13))
    shown = receipt(lines=(good(savings=many, net=13168),), savings=many)

    for paper in PAPERS:
        text = "".join("".join(text_of(shown, paper=paper)).split())
        assert all(text.count(f"满{number}00元再减一分") == 2 for number in range(1, 13))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_amounts_stand_under_each_other_at_the_right_edge(paper: Paper) -> None:
    rows = text_of(receipt(), paper=paper)

    amounts_shown = ("131.80", "-10.00", "8.76", "89.90", "106.80", "337.26", "-5.00", "327.20", "400.00", "72.80")
    ends = {amount: columns_of(row) for amount in amounts_shown for row in rows if row.endswith(amount)}
    assert ends == dict.fromkeys(amounts_shown, paper.columns)


def test_a_line_without_saving_says_nothing_of_one_and_neither_do_the_totals() -> None:
    text = "\n".join(text_of(plain_receipt()))

    assert not any(word in text for word in ("省", "原价", "减", "券", "积分", "抹零"))


def test_a_copy_says_so_and_an_original_does_not() -> None:
    assert any(row.strip() == "副本" for row in text_of(receipt(copy=True)))
    assert not any("副本" in row for row in text_of(receipt()))


def test_the_number_can_be_scanned_from_the_foot() -> None:
    codes = [item.content for item in lay_out(receipt(), words(), PAPER_80) if isinstance(item, Qr)]

    assert codes == ["S001-R1-20260618-0042"]


def test_a_way_to_pay_that_the_template_lacks_goes_by_its_code_and_gives_no_change() -> None:
    rows = text_of(receipt(tenders=(("voucher", 33220, 33220, 0),)))

    assert [row.split() for row in rows if "voucher" in row] == [["voucher", "332.20"]]
    assert not any(row.startswith("找零") for row in rows)


def test_what_is_carried_is_counted_weighed_goods_as_one() -> None:
    assert pieces(receipt()) == 2 + 1 + 1 + 12


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (-1205, "-12.05"), (123456789, "1,234,567.89"), (-100000, "-1,000.00")]
)
def test_amounts_have_two_decimals_and_groups(fen: int, text: str) -> None:
    assert amount_text(fen) == text
