"""Promotions in an import: set or deleted by id, each published into its own scope at once.

When a promotion is in effect is for the registers to tell by its instants; nothing here asks for the time of day.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from pos_app.domain.pricing.promotion_documents import read_promotion
from pos_app.domain.pricing.promotions import Promotion
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rules import RuleRow, check_rules, read_rules
from sync.hq.promotions.assortment import Assortment

PromotionRow = RuleRow[Promotion]


def read_promotions(file: str, raw: Sequence[object], mistakes: Mistakes) -> Sequence[ReadRow[PromotionRow]]:
    """Read promotions; what cannot be read leaves a mistake."""
    return read_rules(file, raw, read_promotion, mistakes=mistakes)


def check_promotions(
    rows: Sequence[ReadRow[PromotionRow]], known: Known, assortment: Assortment, mistakes: Mistakes
) -> None:
    """Check promotions."""
    for row in check_rules(rows, "promotion", there=known.promotions, scopes=known.scopes, mistakes=mistakes):
        for column, reason in tier_mistakes(row.value.document):
            mistakes.add(row, row.value.column_of(column), reason)
        assortment.warn(row, row.value.document, mistakes, row.value.column_of)


def tier_mistakes(document: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 — a document that was read
    """Find tiers that do not rise: each asks for more than the one before, and gives no less."""
    tiers = document.get("tiers") or ()
    asks = "count" if document.get("kind") == "tiers" else "spend"
    for index, (before, tier) in enumerate(pairwise(tiers), 1):
        if tier[asks] <= before[asks]:
            yield f"tiers[{index}].{asks}", f"is not above the tier before, {before[asks]}: tiers rise"
        for gives in ("off", "percent"):
            less = tier.get(gives), before.get(gives)
            if None not in less and less[0] < less[1]:
                yield f"tiers[{index}].{gives}", f"gives less than the tier before, {less[1]}"
