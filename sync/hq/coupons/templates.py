"""Coupon templates in an import: set or deleted by id, each published into its own scope at once."""

from collections.abc import Sequence
from typing import Final

from pos_app.domain.pricing.promotion_documents import read_template
from pos_app.domain.pricing.promotions import CouponTemplate
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import once_only
from sync.hq.importing.rules import RuleRow, check_conditions, read_rules
from sync.hq.promotions.assortment import Assortment
from sync.hq.publications.publishing import Wanted
from sync.protocol.topics import COUPON_TEMPLATE

TemplateRow = RuleRow[CouponTemplate]

OFFLINE: Final = "offline"
"""Whether its coupons may be spent without asking (docs/sync.md §4); no business of pricing."""


def read_templates(file: str, raw: Sequence[object], mistakes: Mistakes) -> Sequence[ReadRow[TemplateRow]]:
    """Read templates; what cannot be read leaves a mistake."""
    return read_rules(file, raw, read_template, mistakes=mistakes, known=(OFFLINE,))


def check_templates(
    rows: Sequence[ReadRow[TemplateRow]], known: Known, assortment: Assortment, mistakes: Mistakes
) -> None:
    """Check templates; from then on coupons may name them."""
    once_only(rows, "id", lambda row: row.id, mistakes)
    scopes = known.scopes
    for row in rows:
        template = row.value.rule
        if template is None:
            if row.value.id not in known.templates:
                mistakes.add(row, "id", "there is no such coupon template to delete", row.value.id)
            continue
        check_conditions(row, template.when, scopes, mistakes)
        assortment.warn(row, row.value.document, mistakes, row.value.column_of)
    known.templates |= {row.value.id for row in rows if row.value.rule is not None}
    known.templates -= {row.value.id for row in rows if row.value.rule is None}


def template_documents(rows: Sequence[ReadRow[TemplateRow]]) -> list[Wanted]:
    """Say what should be published."""
    return [
        Wanted(
            COUPON_TEMPLATE,
            row.value.id,
            {} if row.value.rule is None else {row.value.rule.when.scope: row.value.text()},
        )
        for row in rows
    ]
