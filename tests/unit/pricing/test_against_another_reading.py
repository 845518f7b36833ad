"""The engine beside a brute force of its own kind (`tests.support.pricing_oracle`), on documents drawn from seeds.

``GRANARY_PRICING_CASES=100000`` draws that many; ``GRANARY_PRICING_UNITS`` sets how many units a basket has at most.
Baskets of more units are priced beside a table (`tests.support.pricing_oracle_table`) that brute force cannot reach.
Of every four documents one is decided as a shop's are, in one nothing by fen alone, and in two nothing by listing
courses either, so that the search is asked for small baskets too.
"""

import os
from typing import Any

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing import few_courses, in_fen
from pos_app.proving.quote_stream import quoted
from tests.support.pricing_documents import random_document
from tests.support.pricing_oracle import oracle_quote
from tests.support.pricing_oracle_table import TableChoice

CASES = int(os.environ.get("GRANARY_PRICING_CASES", "2000"))
UNITS = int(os.environ.get("GRANARY_PRICING_UNITS", "6"))
BATCH = max(1, CASES // 20)
MAX_DEALS = few_courses.MAX_DEALS
MAX_DEALS_IN_FEN = in_fen.MAX_DEALS


def _decide(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say by what components are decided."""
    monkeypatch.setattr(few_courses, "MAX_DEALS", MAX_DEALS if seed % 2 else 0)
    monkeypatch.setattr(in_fen, "MAX_DEALS", MAX_DEALS_IN_FEN if seed % 4 == 1 else 0)


def answer(text: str) -> dict[str, Any]:
    try:
        return {name: value for name, value in quoted(text.encode()).items() if name != "hints"}
    except Refusal as refusal:
        return {"error": refusal.code}


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("batch", range(20))
def test_every_random_document_is_priced_as_by_the_other_reading(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        _decide(seed, monkeypatch)
        text = random_document(seed, units=UNITS)
        assert answer(text) == oracle_quote(text), f"seed {seed}: {text}"


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("batch", range(10))
def test_larger_baskets_are_priced_as_by_a_table_of_all_that_is_left(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(batch * BATCH // 4, (batch + 1) * BATCH // 4):
        _decide(seed, monkeypatch)
        text = random_document(seed, units=12)
        assert answer(text) == oracle_quote(text, TableChoice), f"seed {seed}: {text}"


def test_the_table_chooses_what_brute_force_chooses() -> None:
    for seed in range(300):
        text = random_document(seed)
        assert oracle_quote(text, TableChoice) == oracle_quote(text), f"seed {seed}"


def test_the_documents_drawn_are_worth_pricing() -> None:
    quotes = [oracle_quote(random_document(seed)) for seed in range(200)]
    priced = [quote for quote in quotes if "error" not in quote]
    several = [quote for quote in priced if sum(each["applications"] for each in quote["promotions"]) > 1]
    assert len(priced) > 150
    assert len(several) > 60
    assert {coupon["reason"] for quote in priced for coupon in quote["coupons"]} == {
        None,
        "unknown_template",
        "not_started",
        "expired",
        "not_in_effect",
        "no_matching_goods",
        "min_spend",
        "no_saving",
        "group",
    }
