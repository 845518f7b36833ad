"""Sales that no honest register makes: applied as far as can be, and told."""

from typing import Any

import pytest

from tests.integration.hq.till import RICE, Till, goods
from tests.support.real_hq import RealHq

SIGNS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"quantity": -1000}, {}, "quantity_not_positive"),
    ({"quantity": 0}, {}, "quantity_not_positive"),
    ({"unit_price": -6900}, {}, "amount_negative"),
    ({"gross": -6900}, {}, "amount_negative"),
    ({}, {"saving": -1}, "amount_negative"),
    ({"net": -6900}, {"payable": -6900, "tenders": [{"kind": "cash", "amount": -6900}]}, "amount_negative"),
]


@pytest.mark.parametrize(("line", "otherwise", "code"), SIGNS)
def test_a_sale_of_less_than_nothing_is_told(
    hq: RealHq, till: Till, line: dict[str, Any], otherwise: dict[str, Any], code: str
) -> None:
    till.sell({**goods(RICE), **line}, **otherwise)
    till.sell()

    answer = till.push()

    assert code in {one.code for one in answer.exceptions if one.seq == 1}
    assert [one for one in answer.exceptions if one.seq == 2] == []
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 2
    assert hq.administrator("GET", "/v1/reports/stock")["differs"] == 0


@pytest.mark.parametrize("part", ["promotions", "coupons"])
def test_what_stands_beside_a_sale_in_a_strange_shape_does_not_keep_it_back(hq: RealHq, till: Till, part: str) -> None:
    till.sell(**{part: [{"name": "?"}]})

    assert [(one.code, one.details["part"]) for one in till.push().exceptions] == [("sale_part_unreadable", part)]
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 1
