"""Coupon templates in an import: set or deleted by id, each published into its own scope at once."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import select

from pos_app.domain.coupons import OfflineRule, read_offline_rule
from pos_app.domain.pricing.promotion_documents import read_template
from pos_app.domain.pricing.promotions import CouponTemplate
from sync.hq.db.database import Reader
from sync.hq.db.schema import publication
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rules import RuleRow, check_rules, read_rules
from sync.hq.promotions.assortment import Assortment
from sync.protocol.topics import COUPON_TEMPLATE

TemplateRow = RuleRow[CouponTemplate]

OFFLINE: Final = "offline"
"""How its coupons may be spent without asking (docs/sync.md §4); no business of pricing."""
RETURNS: Final = "returns"
"""Whether its coupons are the customer's again when all of their sale came back: ``whole``, or ``never``."""


def read_templates(file: str, raw: Sequence[object], mistakes: Mistakes) -> Sequence[ReadRow[TemplateRow]]:
    """Read templates; what cannot be read leaves a mistake."""
    rows = read_rules(file, raw, read_template, mistakes=mistakes, known=(OFFLINE, RETURNS))
    for row in rows:
        try:
            read_offline_rule(row.value.document.get(OFFLINE))
        except ValueError as error:
            mistakes.add(row, OFFLINE, str(error), str(row.value.document[OFFLINE])[:100])
        if row.value.document.get(RETURNS, "whole") not in {"whole", "never"}:
            mistakes.add(row, RETURNS, "must be whole or never", str(row.value.document[RETURNS])[:100])
    return rows


def check_templates(
    rows: Sequence[ReadRow[TemplateRow]], known: Known, assortment: Assortment, mistakes: Mistakes
) -> None:
    """Check templates; from then on coupons may name them."""
    there = known.templates | known.templates_gone
    for row in check_rules(rows, "coupon template", there=there, scopes=known.scopes, mistakes=mistakes):
        assortment.warn(row, row.value.document, mistakes, row.value.column_of)
    known.templates |= {row.value.id for row in rows if row.value.rule is not None}
    known.templates -= {row.value.id for row in rows if row.value.rule is None}


class _Said(msgspec.Struct):
    """Of a published template, what is read here."""

    offline: Any = None


async def offline_rules(reader: Reader, kind: str) -> dict[str, OfflineRule]:
    """List the templates in force whose coupons are spent by such a rule where headquarters cannot be asked."""
    standing = select(publication.c.key, publication.c.body).where(
        publication.c.topic == COUPON_TEMPLATE, publication.c.body.is_not(None)
    )
    rows = await reader.rows(standing.order_by(publication.c.key))
    rules = {row.key: read_offline_rule(msgspec.json.decode(row.body, type=_Said).offline) for row in rows}
    return {template: rule for template, rule in rules.items() if rule.kind == kind}
