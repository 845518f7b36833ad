"""What people send in, read into rows: a JSON document with its sections, or a file of prices, promotions or coupons.

Nothing is looked up here; every row that cannot be read is a mistake.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from sync.hq.coupons.importing import CouponRow, read_coupon_csv
from sync.hq.coupons.templates import TemplateRow, read_templates
from sync.hq.importing.known import Named
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import read_rows
from sync.hq.labels.importing import LabelLayoutRow
from sync.hq.members.importing import MemberRow
from sync.hq.operators.importing import OperatorRow
from sync.hq.places.importing import PlaceRow
from sync.hq.policies.importing import AuthorityRow, FloatRangeRow
from sync.hq.prices.csv_file import read_price_csv
from sync.hq.prices.importing import PriceRow
from sync.hq.products.importing import ProductRow
from sync.hq.promotions.csv_file import read_promotion_csv
from sync.hq.promotions.importing import PromotionRow, read_promotions
from sync.hq.promotions.points import PointsRow, read_points_rules
from sync.hq.stock_pool.importing import StockRow

T = TypeVar("T")

SECTIONS: Final = (
    *("places", "products", "prices", "operators", "members", "stock"),
    *("promotions", "coupon_templates", "points", "coupons", "float_ranges", "promotion_authorities"),
    "label_layouts",
)
_JSON: Final = msgspec.json.Decoder(float_hook=Decimal)
"""Percentages are held exactly (docs/pricing.md)."""


@dataclass(slots=True)
class Import:
    """Rows, section by section, in the order in which they build on each other."""

    places: Sequence[ReadRow[PlaceRow]] = field(default=())
    products: Sequence[ReadRow[ProductRow]] = field(default=())
    prices: Sequence[ReadRow[PriceRow]] = field(default=())
    operators: Sequence[ReadRow[OperatorRow]] = field(default=())
    members: Sequence[ReadRow[MemberRow]] = field(default=())
    stock: Sequence[ReadRow[StockRow]] = field(default=())
    promotions: Sequence[ReadRow[PromotionRow]] = field(default=())
    coupon_templates: Sequence[ReadRow[TemplateRow]] = field(default=())
    points: Sequence[ReadRow[PointsRow]] = field(default=())
    coupons: Sequence[ReadRow[CouponRow]] = field(default=())
    float_ranges: Sequence[ReadRow[FloatRangeRow]] = field(default=())
    promotion_authorities: Sequence[ReadRow[AuthorityRow]] = field(default=())
    label_layouts: Sequence[ReadRow[LabelLayoutRow]] = field(default=())
    incomplete_base: bool = False
    """Places or products had rows that could not be read, which others may speak of."""

    def named(self) -> Named:
        """List what it speaks of."""
        products = [row.value for row in self.products]
        return Named(
            skus=frozenset(row.value.sku for rows in (self.prices, self.stock) for row in rows),
            prices=frozenset(row.value.id for row in self.prices if row.value.delete),
            barcodes=frozenset(code for product in products for code in product.codes()),
            openings=frozenset(row.value.place for row in self.stock),
            opening_points=frozenset(row.value.id for row in self.members if row.value.points is not None),
            operators=frozenset(row.value.id for row in self.operators),
            members=frozenset(row.value.member for row in self.coupons if row.value.member is not None),
            promotions=frozenset(row.value.id for row in self.promotions if row.value.rule is None),
            templates=frozenset(
                [row.value.template for row in self.coupons if row.value.template]
                + [row.value.id for row in self.coupon_templates if row.value.rule is None]
            ),
            coupons=frozenset(row.value.id for row in self.coupons),
            selectors=bool(self.promotions or self.coupon_templates or self.float_ranges or self._bound()),
            bound=self._bound(),
            policy=bool(self.float_ranges or self.promotion_authorities),
        )

    def _bound(self) -> bool:
        """Tell whether it has prices or promotions of zones or stores."""
        return any(row.value.scope != "chain" for row in self.prices if not row.value.delete) or any(
            row.value.rule.when.scope != "chain" for row in self.promotions if row.value.rule is not None
        )

    def counts(self) -> dict[str, int]:
        """Count its rows by section."""
        return {name: len(rows) for name in SECTIONS if (rows := getattr(self, name))}


def read_document(file: str, body: bytes, mistakes: Mistakes, *, section: str = "") -> Import:
    """Read a JSON document with sections; one without any is what ``section`` alone has: a list, or the points."""
    try:
        document = _JSON.decode(body)
    except msgspec.DecodeError as error:
        mistakes.note(file, 0, "", f"is not JSON: {error}")
        return Import()
    if isinstance(document, dict if section == "points" else list) and section and section not in document:
        document = {section: document}
    if not isinstance(document, dict) or not set(SECTIONS) & document.keys():
        mistakes.note(file, 0, "", f"has none of the sections {', '.join(SECTIONS)}")
        return Import()
    sent = _Sent(file, document, mistakes)
    before = mistakes.count
    places = sent.section("places", _rows_of(PlaceRow))
    products = sent.section("products", _rows_of(ProductRow))
    return Import(
        places=places,
        products=products,
        incomplete_base=mistakes.count > before,
        prices=sent.section("prices", _rows_of(PriceRow)),
        operators=sent.section("operators", _rows_of(OperatorRow)),
        members=sent.section("members", _rows_of(MemberRow)),
        stock=sent.section("stock", _rows_of(StockRow)),
        promotions=sent.section("promotions", read_promotions),
        coupon_templates=sent.section("coupon_templates", read_templates),
        points=() if document.get("points") is None else sent.points(),
        coupons=sent.section("coupons", _rows_of(CouponRow)),
        float_ranges=sent.section("float_ranges", _rows_of(FloatRangeRow)),
        promotion_authorities=sent.section("promotion_authorities", _rows_of(AuthorityRow)),
        label_layouts=sent.section("label_layouts", _rows_of(LabelLayoutRow)),
    )


def read_price_file(file: str, body: bytes, mistakes: Mistakes) -> Import:
    """Read a CSV file of prices."""
    return Import(prices=read_price_csv(file, body, mistakes))


def read_promotion_file(file: str, body: bytes, mistakes: Mistakes) -> Import:
    """Read a CSV file of promotions."""
    return Import(promotions=read_promotion_csv(file, body, mistakes))


def read_coupon_file(file: str, body: bytes, mistakes: Mistakes) -> Import:
    """Read a CSV file of coupons."""
    return Import(coupons=read_coupon_csv(file, body, mistakes))


_ReadSection = Callable[[str, Sequence[object], Mistakes], Sequence[ReadRow[T]]]


def _rows_of(kind: type[T]) -> _ReadSection[T]:
    return lambda file, raw, mistakes: read_rows(file, raw, kind, mistakes)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A document with sections, as it came."""

    file: str
    document: dict[str, Any]
    mistakes: Mistakes

    def section(self, name: str, read: _ReadSection[T]) -> Sequence[ReadRow[T]]:
        raw = self.document.get(name, [])
        if not isinstance(raw, list):
            self.mistakes.note(f"{self.file}: {name}", 0, "", "is not a list")
            return ()
        return read(f"{self.file}: {name}", raw, self.mistakes)

    def points(self) -> Sequence[ReadRow[PointsRow]]:
        return read_points_rules(f"{self.file}: points", self.document["points"], self.mistakes)
