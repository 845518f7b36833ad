"""What is kept of a promotion that reaches one good says what looking at it whole says, hints too."""

import json

import pytest

from pos_app.domain.pricing import compiled
from tests.support.pricing_documents import Doc, random_document
from tests.unit.pricing.shop import quote


def drawn(seed: int) -> Doc:
    """Draw a basket of which every promotion is about one good or two."""
    document: Doc = json.loads(random_document(seed, units=9))
    document["basket"] |= {"redeem_points": 0}
    for at, promotion in enumerate(document["rulebook"]["promotions"]):
        if "size" in promotion or "tiers" in promotion:
            promotion["of"] = {"skus": ["ABCD"[(seed + at) % 4], "ABCD"[(seed * at) % 4]]}
    return document


@pytest.mark.parametrize("batch", range(10))
def test_a_single_good_is_settled_as_if_it_were_looked_at_whole(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = range(batch * 60, (batch + 1) * 60)
    known = [quote(drawn(seed)) for seed in seeds]
    monkeypatch.setattr(compiled, "single_of", whole)
    assert [quote(drawn(seed)) for seed in seeds] == known
    assert any(each.hints for each in known)
    assert sum(len(each.promotions) for each in known) > 60


def whole(*_: object) -> None:
    """Know nothing of a single good."""
