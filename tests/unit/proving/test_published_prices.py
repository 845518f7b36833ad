"""What headquarters publishes for the replay: the unit price seen most, by store, week and day."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pos_app.proving.replay.baskets import Source, SourceBasket, SourceLine
from pos_app.proving.replay.published import parts_of, price_rows

FIRST = datetime(2017, 1, 1, tzinfo=UTC)


@given(st.integers(1, 10**6), st.integers(1, 100))
def test_an_amount_is_split_over_pieces_exactly_by_at_most_two_prices_a_cent_apart(amount: int, pieces: int) -> None:
    parts = parts_of(amount, pieces)
    assert sum(part.pieces * part.unit_price for part in parts) == amount
    assert sum(part.pieces for part in parts) == pieces
    assert len(parts) == 1 or parts[1].unit_price - parts[0].unit_price == 1


def _source(*lines: tuple[int, int, int]) -> Source:
    """Baskets of one product; each of a day, what was paid for a piece, and what the shelf said."""
    baskets = tuple(
        SourceBasket(number, "C1", "H1", FIRST + timedelta(days=day), (SourceLine("P1", 1, paid, shelf),))
        for number, (day, paid, shelf) in enumerate(lines)
    )
    return Source({"C1": baskets}, {"P1": "rice"}, 0, FIRST, 7)


def test_a_price_that_held_all_week_is_one_base_and_one_member_row() -> None:
    base, member = price_rows(_source((0, 90, 100), (3, 90, 100), (6, 90, 100)), 0)
    assert (base["kind"], base["amount"], member["kind"], member["amount"]) == ("base", 100, "member", 90)
    assert (member["from"], member["to"]) == ("2017-01-01T00:00:00+00:00", "2017-01-08T00:00:00+00:00")


def test_without_a_discount_there_is_no_member_row() -> None:
    (only,) = price_rows(_source((0, 100, 100)), 0)
    assert only["kind"] == "base"


def test_a_price_that_changed_holds_for_its_day_and_the_usual_one_for_the_others() -> None:
    rows = price_rows(_source((0, 90, 100), (1, 90, 100), (2, 80, 100)), 0)
    members = [(row["from"][:10], row["to"][:10], row["amount"]) for row in rows if row["kind"] == "member"]
    assert members == [
        ("2017-01-01", "2017-01-03", 90),
        ("2017-01-03", "2017-01-04", 80),
        ("2017-01-04", "2017-01-08", 90),
    ]


def test_other_weeks_are_not_published() -> None:
    assert price_rows(_source((0, 90, 100)), 1) == []
