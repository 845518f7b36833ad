"""What headquarters would have said, in memory: a fake of the counter's own port, nothing clever."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pos_app.domain.catalog import FoundProduct, Product
from pos_app.domain.codes import lookup_key
from pos_app.domain.coupons import NEVER, Coupon, OfflineRule
from pos_app.domain.exceptions import StoreException
from pos_app.domain.facts import Position
from pos_app.domain.ids import MemberId, OperatorId
from pos_app.domain.leases import Lease
from pos_app.domain.ledger import ConfirmedAmount, LedgerKey, points_key
from pos_app.domain.members import Member
from pos_app.domain.operators import Operator
from pos_app.domain.pricing.inputs import PricedProduct, PriceRow, Rulebook
from pos_app.domain.pricing.promotions import NO_POINTS, CouponTemplate, PointsRules, Promotion
from pos_app.domain.purchases import Purchase
from pos_app.domain.readiness import Holding, Holdings, Subject
from pos_app.domain.scale_labels import LabelLayout


@dataclass(slots=True)
class MemoryReplica:
    """What headquarters would have said."""

    products: list[Product] = field(default_factory=list)
    prices: list[PriceRow] = field(default_factory=list)
    amounts: dict[LedgerKey, ConfirmedAmount] = field(default_factory=dict)
    operators: list[Operator] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    promotions: list[Promotion] = field(default_factory=list)
    coupon_templates: list[CouponTemplate] = field(default_factory=list)
    points: PointsRules = NO_POINTS
    coupons: list[Coupon] = field(default_factory=list)
    wrong: list[StoreException] = field(default_factory=list)
    as_of: datetime | None = None
    """When nothing more waited at headquarters; None: nothing is held."""
    leases: list[Lease] = field(default_factory=list)
    offline: dict[str, OfflineRule] = field(default_factory=dict)
    """How templates' coupons are spent with no line; never, where nothing is said."""
    layouts: list[LabelLayout] = field(default_factory=list)
    purchases: dict[MemberId, list[Purchase]] = field(default_factory=dict)
    kept_coupons: set[str] = field(default_factory=set)
    """Templates whose coupons do not come back with a return."""

    def by_code(self, key: str) -> FoundProduct | None:
        """Search all barcodes and scale numbers."""
        for product in self.products:
            if product.plu and product.plu == key:
                return FoundProduct(product, code=key)
            for barcode in product.barcodes:
                if lookup_key(barcode.code) == key:
                    return FoundProduct(product, barcode.quantity, barcode.code)
        return None

    def label_layouts(self) -> Sequence[LabelLayout]:
        """List what a test says."""
        return self.layouts

    def search(self, text: str, limit: int) -> Sequence[FoundProduct]:
        """Search all names."""
        return [FoundProduct(product) for product in self.products if text in product.name][:limit]

    def rulebook(self) -> Rulebook:
        """Gather the rules."""
        products = {p.sku: PricedProduct(p.sku, p.categories, p.brand, p.tags, p.weighed) for p in self.products}
        prices = {sku: [row for row in self.prices if row.sku == sku] for sku in products}
        return Rulebook(products, prices, self.promotions, self.coupon_templates, self.points)

    def rest(self) -> None:
        """Hold nothing anyway."""

    def cursor(self) -> str:
        """Name a revision."""
        return "chain:1,store:S001:1"

    def confirmed(self, key: LedgerKey) -> ConfirmedAmount | None:
        """Search the amounts; a member's points stand with the member."""
        points = next((each.points for each in self.members if points_key(each.id) == key), None)
        return self.amounts.get(key) or (None if points is None else ConfirmedAmount(points))

    def purchases_of(self, members: Sequence[MemberId], limit: int) -> Sequence[Purchase]:
        """Give what a test says of the first of these ids."""
        return self.purchases.get(members[0], [])[:limit]

    def acknowledged(self) -> Position:
        """Nothing."""
        return Position(0, 0)

    def leases_of(self, member: MemberId) -> Sequence[Lease]:
        """Search the leases."""
        return [lease for lease in self.leases if lease.key.startswith(f"points:{member}:")]

    def leases_on(self, resource: str, key: str) -> Sequence[Lease]:
        """List those."""
        return [lease for lease in self.leases if lease.key.startswith(f"{resource}:{key}:")]

    def coupon_offline(self, template: str) -> OfflineRule:
        """Find a template's rule."""
        return self.offline.get(template, NEVER)

    def leases_behind(self, key: str, limit: int) -> Sequence[Lease]:
        """Search the leases."""
        return [lease for lease in self.leases if lease.key > key][:limit]

    def exceptions(self) -> Sequence[StoreException]:
        """List what a test says."""
        return self.wrong

    def holdings(self) -> Holdings:
        """Tell what is held, all of it as of one moment."""
        members, rights = bool(self.members), bool(self.coupons)
        present = dict.fromkeys(Subject, True)
        present |= {Subject.MEMBERS: members, Subject.POINTS: members, Subject.COUPONS: rights}
        present[Subject.PRICES] = bool(self.prices)
        return Holdings(self.as_of, {subject: Holding(there, self.as_of) for subject, there in present.items()})

    def operator(self, number: OperatorId) -> Operator | None:
        """Search the operators."""
        return next((each for each in self.operators if each.id == number), None)

    def member(self, code: str) -> Member | None:
        """Search the members."""
        return next((each for each in self.members if code in {each.id, each.card, each.phone}), None)

    def find_members(self, text: str, limit: int) -> Sequence[Member]:
        """Search names and the ends of phones."""
        named = (each for each in self.members if each.name.startswith(text) or each.phone.endswith(text))
        found = {each.id: each for each in (self.member(text), *named) if each is not None}
        return list(found.values())[:limit]

    def coupon(self, code: str) -> Coupon | None:
        """Search the coupons."""
        return next((each for each in self.coupons if each.id == code), None)

    def coupon_comes_back(self, template: str) -> bool:
        """Search the templates whose coupons are lost."""
        return template not in self.kept_coupons

    def coupons_of(self, member: MemberId) -> Sequence[Coupon]:
        """Search the coupons of a member."""
        return [each for each in self.coupons if each.member == member]
