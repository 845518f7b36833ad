"""The replay's books: whatever is missing, doubled or off by a cent is found, and by the right check."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pos_app.domain.facts import GENESIS, ChainHead, Fact, Happening, Position, next_fact
from pos_app.domain.ids import DeviceId, OperatorId
from pos_app.proving.replay.baskets import Source, SourceBasket, SourceLine
from pos_app.proving.replay.chain import OPENING
from pos_app.proving.replay.reconciling import Books, reconcile
from pos_app.proving.replay.ringing import sale_uuid

FIRST = datetime(2017, 1, 1, tzinfo=UTC)
BASKETS = tuple(
    SourceBasket(number, "C1", "H1", FIRST.replace(hour=number), (SourceLine("P1", 1, 100, 100),)) for number in (1, 2)
)
SOURCE = Source({"C1": BASKETS}, {"P1": "rice"}, 0, FIRST, 1)


def _fact(number: int) -> Fact:
    body = {
        "business_date": "2017-01-01",
        "receipt": f"C1-R1-20170101-{number:04d}",
        "payable": 100,
        "lines": [{"sku": "P1", "quantity": 1000, "price_id": "B1"}],
    }
    head = ChainHead(Position(1, number - 1), GENESIS)
    return next_fact(DeviceId("C1-R1"), head, Happening("sale", 1, "2017-01-01", OperatorId("1001"), body))


def _sale(basket: SourceBasket) -> dict[str, Any]:
    return {"id": str(sale_uuid(basket)), "business_date": "2017-01-01", "payable": 100}


def _books() -> Books:
    on_hand = OPENING - 2000
    return Books(
        registers={"C1": [_fact(1), _fact(2)]},
        verified={"C1": 2},
        seen_stock={"C1": {"P1": on_hand}},
        hq_sales={"C1": [_sale(basket) for basket in BASKETS]},
        hq_stock={"C1": {"P1": {"opening": OPENING, "moved": -2000, "on_hand": on_hand}}},
        hq_chains=[{"device": "C1-R1", "ok": True, "facts": 2}],
    )


def _broken(books: Books) -> list[str]:
    return [check.claim for check in reconcile(SOURCE, books) if check.differences]


def test_books_that_agree_have_no_difference() -> None:
    assert _broken(_books()) == []


def _spoil_stock(books: Books) -> Books:
    return replace(books, hq_stock={"C1": {"P1": {"opening": OPENING, "moved": -1000, "on_hand": OPENING - 1000}}})


@pytest.mark.parametrize(
    ("spoil", "claims"),
    [
        (lambda b: replace(b, hq_sales={"C1": b.hq_sales["C1"][:1]}), {"once", "cents", "day"}),
        (lambda b: replace(b, hq_sales={"C1": [*b.hq_sales["C1"], b.hq_sales["C1"][0]]}), {"once", "cents", "day"}),
        (lambda b: replace(b, hq_sales={"C1": [s | {"payable": 101} for s in b.hq_sales["C1"]]}), {"cents", "day"}),
        (
            lambda b: replace(b, hq_sales={"C1": [s | {"business_date": "2017-01-02"} for s in b.hq_sales["C1"]]}),
            {"day"},
        ),
        (_spoil_stock, {"movements", "sees"}),
        (lambda b: replace(b, seen_stock={"C1": {"P1": OPENING}}), {"sees"}),
        (lambda b: replace(b, hq_chains=[{"device": "C1-R1", "ok": False, "facts": 2}]), {"verify"}),
        (lambda b: replace(b, hq_chains=[{"device": "C1-R1", "ok": True, "facts": 1}]), {"verify"}),
        (lambda b: replace(b, registers={"C1": [_fact(1), _fact(1)]}), {"receipt"}),
        (lambda b: replace(b, registers={"C1": [_fact(2), _fact(1)]}), {"receipt"}),
    ],
)
def test_each_way_of_being_wrong_is_found(spoil: Callable[[Books], Books], claims: set[str]) -> None:
    broken = _broken(spoil(_books()))
    assert len(broken) == len(claims)
    assert all(any(word in claim for claim in broken) for word in claims)


def test_too_many_prices_by_hand_are_found() -> None:
    by_hand = replace(_fact(2), body={**_fact(2).body, "lines": [{"sku": "P1", "quantity": 1000, "price_id": None}]})
    (broken,) = _broken(replace(_books(), registers={"C1": [_fact(1), by_hand]}))
    assert "synchronised rows" in broken
