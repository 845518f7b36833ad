"""Small components are decided by listing: the same figures as by the search for large ones."""

import json
from collections.abc import Mapping, Sequence

import pytest

from pos_app.domain.pricing import components, few_courses, in_fen
from pos_app.domain.pricing.deals import Deal
from pos_app.domain.pricing.quote import Quote
from pos_app.domain.pricing.scan import Found
from tests.support.pricing_documents import random_document
from tests.unit.pricing.shop import quote


def drawn(seed: int) -> Quote:
    document = json.loads(random_document(seed, units=4 + seed % 9))
    document["basket"] |= {"redeem_points": 0}
    return quote(document)


@pytest.mark.parametrize("few", [0, 1, 2])
@pytest.mark.parametrize("seed", range(60))
def test_what_is_listed_and_what_is_searched_is_the_same(seed: int, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_fen, "MAX_DEALS", 0)
    monkeypatch.setattr(few_courses, "MAX_COURSES", 200)
    listed = drawn(seed)
    monkeypatch.setattr(few_courses, "MAX_DEALS", few)
    assert drawn(seed) == listed


def test_enough_of_what_is_drawn_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = 0

    def watched(deals: Sequence[Deal], units: Mapping[int, int]) -> Found | None:
        nonlocal listed
        found = few_courses.best_of_few(deals, units)
        listed += found is not None
        return found

    monkeypatch.setattr(in_fen, "MAX_DEALS", 0)
    monkeypatch.setattr(components, "best_of_few", watched)
    for seed in range(60):
        drawn(seed)
    assert listed > 15
