"""The open basket's text is its document, whatever was done to it before."""

import json
from collections.abc import Callable
from random import Random

from pos_app.domain.basket import Basket
from pos_app.domain.catalog import FoundProduct, Product
from pos_app.domain.ids import BasketId, MemberId, Sku
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.quantity import Quantity
from pos_app.store.journal.basket_text import BasketText

STEPS = 300


def found(number: int) -> FoundProduct:
    return FoundProduct(Product(sku=Sku(f"G{number}"), name=f'大米"{number}', unit="袋"), Quantity(1000), f"69{number}")


def test_after_any_changes_a_basket_is_written_as_its_document() -> None:
    random, writer = Random(7), BasketText()
    basket = Basket(BasketId("b1"))
    changes: list[Callable[[Basket], Basket]] = [
        lambda now: now.with_found(found(random.randrange(9)))[0],
        lambda now: now.with_quantity(now.lines[0].line, 3000) if now.lines else now,
        lambda now: now.without(random.choice(now.lines).line) if len(now.lines) > 3 else now,
        lambda now: now.with_manual_price(now.lines[-1].line, Fen(5), "dented") if now.lines else now,
        lambda now: now.with_member(Member(MemberId("M1"), "李", "gold", "138", "C1", ("kids",))),
        lambda _: Basket(BasketId(f"b{random.randrange(100)}")),
    ]

    for _ in range(STEPS):
        basket = random.choices(changes, (8, 4, 2, 1, 1, 1))[0](basket)
        text = writer.of(basket)

        assert json.loads(text) == basket.document()
        assert Basket.from_document(json.loads(text)) == basket


def test_a_line_of_the_same_number_in_another_basket_is_not_taken_for_the_one_before() -> None:
    writer = BasketText()
    writer.of(Basket(BasketId("b1")).with_found(found(1))[0])

    text = writer.of(Basket(BasketId("b2")).with_found(found(2))[0])

    assert [line["sku"] for line in json.loads(text)["lines"]] == ["G2"]
