"""Float ranges and promotion authorities in an import: set or deleted by id, each published into its own scope."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec

from pos_app.domain.pricing.promotion_documents import KINDS
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import Word, once_only
from sync.hq.promotions.assortment import Assortment
from sync.hq.publications.publishing import Wanted, body_text
from sync.protocol.topics import (
    FLOAT_RANGE,
    PROMOTION_AUTHORITY,
    FloatRangeBody,
    PromotionAuthorityBody,
    SelectorBody,
    Share,
)


class FloatRangeRow(msgspec.Struct, frozen=True):
    """A float range as it is sent. With ``delete`` only the id counts."""

    id: Word
    below: Share | None = None
    above: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    of: SelectorBody = SelectorBody(every=True)
    scope: Word = "chain"
    channel: Literal["all", "store", "online"] = "all"
    kinds: tuple[Literal["base", "campaign", "member", "lot", "manual"], ...] = ()
    delete: bool = False

    def body(self) -> FloatRangeBody:
        """Give the document that registers get."""
        if self.below is None or self.above is None:
            raise AssertionError("a float range was checked before")
        return FloatRangeBody(self.id, self.below, self.above, self.of, self.scope, self.channel, self.kinds)


class AuthorityRow(msgspec.Struct, frozen=True):
    """A promotion authority as it is sent. With ``delete`` only the id counts."""

    id: Word
    kinds: tuple[str, ...] = ()
    deepest: Share | None = None
    scope: Word = "chain"
    levels: tuple[Literal["zone", "store"], ...] = ("zone", "store")
    delete: bool = False

    def body(self) -> PromotionAuthorityBody:
        """Give the document that registers get."""
        if self.deepest is None:
            raise AssertionError("an authority was checked before")
        return PromotionAuthorityBody(self.id, self.kinds, self.deepest, self.scope, self.levels)


def check_float_ranges(
    rows: Sequence[ReadRow[FloatRangeRow]], known: Known, assortment: Assortment, mistakes: Mistakes
) -> None:
    """Check float ranges; from then on they are in force for the rest of the import."""
    once_only(rows, "id", lambda row: row.id, mistakes)
    for row in rows:
        value = row.value
        if value.delete:
            if known.float_ranges.pop(value.id, None) is None:
                mistakes.add(row, "id", "there is no such float range to delete", value.id)
            continue
        for column in ("below", "above"):
            if getattr(value, column) is None:
                mistakes.add(row, column, "is missing: hundredths of a percent of the base price")
        _check_scope(row, value.scope, known, mistakes)
        assortment.warn(row, {"of": msgspec.to_builtins(value.of)}, mistakes)
        if value.below is not None and value.above is not None:
            known.float_ranges[value.id] = value.body()


def check_authorities(rows: Sequence[ReadRow[AuthorityRow]], known: Known, mistakes: Mistakes) -> None:
    """Check promotion authorities; from then on they are in force for the rest of the import."""
    once_only(rows, "id", lambda row: row.id, mistakes)
    for row in rows:
        value = row.value
        if value.delete:
            if known.authorities.pop(value.id, None) is None:
                mistakes.add(row, "id", "there is no such promotion authority to delete", value.id)
            continue
        if value.deepest is None:
            mistakes.add(row, "deepest", "is missing: the deepest discount, in hundredths of a percent")
        for index, kind in enumerate(value.kinds):
            if kind not in KINDS:
                mistakes.add(row, f"kinds[{index}]", f"is no kind of promotion: {', '.join(KINDS)}", kind)
        _check_scope(row, value.scope, known, mistakes)
        if value.deepest is not None:
            known.authorities[value.id] = value.body()


def _check_scope(row: ReadRow[object], scope: str, known: Known, mistakes: Mistakes) -> None:
    if scope not in known.scopes:
        mistakes.add(row, "scope", "is no scope here: chain, zone:<id> or store:<id> of a known place", scope)


def policy_documents(
    ranges: Sequence[ReadRow[FloatRangeRow]], authorities: Sequence[ReadRow[AuthorityRow]]
) -> Iterator[Wanted]:
    """Say what should be published."""
    for topic, rows in ((FLOAT_RANGE, ranges), (PROMOTION_AUTHORITY, authorities)):
        for row in rows:
            value: FloatRangeRow | AuthorityRow = row.value
            yield Wanted(topic, value.id, {} if value.delete else {value.scope: body_text(value.body())})
