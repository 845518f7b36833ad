"""Small components are decided in fen where one set saves most: the same figures as by the whole scale."""

import json
import random
from collections.abc import Sequence

import pytest

from pos_app.domain.pricing import components, few_courses, in_fen
from pos_app.domain.pricing.choice import Settled
from pos_app.domain.pricing.entries import Alone
from pos_app.domain.pricing.goods import Good
from pos_app.domain.pricing.worth import Reached
from tests.support.pricing_documents import Doc, random_document
from tests.unit.pricing.shop import quote


def drawn(seed: int) -> Doc:
    """Draw a basket with nothing bounded; of every four, three have odd prices, so that few sets save the same."""
    document: Doc = json.loads(random_document(seed, units=4 + seed % 9))
    document["basket"] |= {"redeem_points": 0}
    for promotion in document["rulebook"]["promotions"]:
        promotion |= {"limit": None, "limit_per_member": None}
    if seed % 4:
        chance = random.Random(seed)
        for row in document["rulebook"]["prices"]:
            row["amount"] = chance.randint(95, 1300)
    return document


@pytest.mark.parametrize("batch", range(20))
def test_what_fen_decide_is_what_the_scale_decides(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = range(batch * 60, (batch + 1) * 60)
    decided = [quote(drawn(seed)) for seed in seeds]
    monkeypatch.setattr(in_fen, "MAX_DEALS", 0)
    monkeypatch.setattr(few_courses, "MAX_DEALS", batch % 3)
    assert [quote(drawn(seed)) for seed in seeds] == decided


def test_fen_decide_much_of_what_is_drawn_and_leave_ties_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {True: 0, False: 0}

    def watched(together: Sequence[Reached], ordered: Sequence[Good], alone: Sequence[Alone]) -> Settled | None:
        found = in_fen.decided_in_fen(together, ordered, alone)
        told[found is not None] += 1
        return found

    monkeypatch.setattr(components, "decided_in_fen", watched)
    for seed in range(1200):
        quote(drawn(seed))
    assert told[True] > 100
    assert told[False] > 60
