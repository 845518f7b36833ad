"""Cash counted by notes and coins: what it comes to, and what is no count."""

import pytest

from pos_app.domain.cash_count import DENOMINATIONS, CashCount
from pos_app.domain.errors import Refusal


def test_pieces_add_up_and_those_of_which_there_is_none_are_left_out() -> None:
    count = CashCount.typed({10_000: "3", 500: " 2 ", 100: "0", 10: ""})

    assert count.total == 31_000
    assert count.document() == {"10000": 3, "500": 2}
    assert CashCount.read(count.document()) == count


@pytest.mark.parametrize("typed", ["-1", "1.5", "三", "two", "100000", "9" * 5000, "１", "1 2"])
@pytest.mark.parametrize("value", [DENOMINATIONS[0], DENOMINATIONS[-1]])
def test_what_is_no_count_is_refused_by_its_denomination(value: int, typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        CashCount.typed({value: typed})

    assert refused.value.code == "count_pieces"
    assert refused.value.details["field"] == value


def test_money_that_there_is_not_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        CashCount.typed({300: "1"})

    assert (refused.value.code, refused.value.details["field"]) == ("count_denomination", 300)
