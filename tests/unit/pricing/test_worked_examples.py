"""Examples from the counter, each with its arithmetic (docs/pricing.md): what every line costs in the end."""

import pytest

from tests.unit.pricing.examples import Example
from tests.unit.pricing.examples_of_baskets import EXAMPLES as OF_BASKETS
from tests.unit.pricing.examples_of_goods import EXAMPLES as OF_GOODS
from tests.unit.pricing.shop import document, quote

EXAMPLES = [*OF_GOODS, *OF_BASKETS]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_what_each_line_costs(example: Example) -> None:
    doc = document(example.lines, example.promotions, prices=example.prices, rules=example.rules, **example.basket)

    priced = quote(doc)

    assert [each.net for each in priced.lines] == example.nets, example.why
    assert priced.optimal


def test_there_are_sixty_examples_and_more() -> None:
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES) >= 60
