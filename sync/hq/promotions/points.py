"""The points rules in an import: one document for the whole chain."""

from collections.abc import Sequence
from typing import Any

from pos_app.domain.pricing.promotion_documents import read_points
from pos_app.domain.pricing.promotions import PointsRules
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rules import RuleRow, read_rule
from sync.hq.leases.rule import FIELD as LEASE_RULE
from sync.hq.leases.rule import check_lease_rule
from sync.hq.publications.publishing import Wanted
from sync.protocol.topics import POINTS, POINTS_KEY

PointsRow = RuleRow[PointsRules]


def read_points_rules(file: str, raw: Any, mistakes: Mistakes) -> Sequence[ReadRow[PointsRow]]:  # noqa: ANN401 — JSON
    """Read the one document; ``{"delete": true}`` takes it away."""
    if not isinstance(raw, dict):
        mistakes.note(file, 0, "", "is not an object")
        return ()
    found = read_rule(ReadRow(file, 1, raw), POINTS_KEY, read_points, mistakes=mistakes, known=(LEASE_RULE,))
    for row in found:
        check_lease_rule(row, mistakes)
    return found


def points_documents(rows: Sequence[ReadRow[PointsRow]]) -> list[Wanted]:
    """Say what should be published."""
    return [Wanted(POINTS, POINTS_KEY, {} if row.value.rule is None else {"chain": row.value.text()}) for row in rows]
