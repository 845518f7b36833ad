"""The topics of publications: the shape of each document's body, and in which scope it lives.

A register keeps what it does not know (`docs/sync.md` §3).
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec

PRODUCT: Final = "product"
"""Scope ``chain``; key: SKU."""
PRICE: Final = "price"
"""Scope of the row (``chain``, ``zone:…``, ``store:…``); key: row id; body: the row of docs/pricing.md §1."""
OPERATOR: Final = "operator"
"""Scope ``store:…``; key: operator number."""
MEMBER: Final = "member"
"""Scope ``store:…`` of each store that the member belongs to; key: member id."""
STOCK: Final = "stock"
"""Scope ``store:…``; key: SKU; carries ``applied``."""
STORE: Final = "store"
"""Scope ``store:…``; key: store id; what the register prints and shows of its store."""

PROMOTION: Final = "promotion"
"""Scope of the promotion (``chain``, ``zone:…``, ``store:…``); key: its id; body: docs/pricing.md §3 to §5."""
COUPON_TEMPLATE: Final = "coupon_template"
"""Scope of the template; key: its id; body: docs/pricing.md §5."""
POINTS: Final = "points"
"""Scope ``chain``; one key, `POINTS_KEY`; body: ``points`` of docs/pricing.md §1."""
COUPON: Final = "coupon"
"""Scope ``store:…`` of each store of its member (of every store where it has none); key: coupon id."""

FLOAT_RANGE: Final = "float_range"
"""Scope of the range; key: its id; body: docs/headquarters.md §5."""
PROMOTION_AUTHORITY: Final = "promotion_authority"
"""Scope of the authority; key: its id; body: docs/headquarters.md §5."""
LABEL_LAYOUT: Final = "label_layout"
"""Scope of the layout; key: its id; body: how scale labels are read (docs/headquarters.md §5)."""
TOKEN_KEY: Final = "token_key"  # noqa: S105 — a topic's name
"""Scope ``chain``; key: the key's id; what signed codes are held against (docs/sync.md §6)."""
EXCEPTION: Final = "exception"
"""Scope ``store:…`` of the register whose fact it is; key: ``device:epoch:seq:number``."""

LEASE: Final = "lease"
"""Scope ``store:…`` of the register that holds it; key: ``resource:key:id``; carries ``applied``."""

PURCHASE: Final = "purchase"
"""Scope ``store:…`` of each store of its member; key: the sale's id, or ``channel:id`` of what a channel told."""

POINTS_KEY: Final = "points"

STAGED: Final = frozenset({PRODUCT, PRICE, PROMOTION, COUPON_TEMPLATE, POINTS})
"""What a rulebook is made of: it takes effect together, when nothing more waits; headquarters keeps every version."""


class BarcodeBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A code on the goods and the unit it stands for (thousandths)."""

    code: str
    unit: str = ""
    quantity: int = 1000


class UnitBody(msgspec.Struct, frozen=True):
    """A unit of sale (thousandths of the product's own)."""

    name: str
    quantity: int


class ProductBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A product."""

    sku: str
    name: str
    name_en: str = ""
    initials: str = ""
    """Pinyin initials of the name, made at headquarters: ``wcdm`` for 五常大米."""
    categories: Sequence[str] = ()
    brand: str = ""
    tags: Sequence[str] = ()
    weighed: bool = False
    unit: str = ""
    spec: str = ""
    plu: str = ""
    units: Sequence[UnitBody] = ()
    barcodes: Sequence[BarcodeBody] = ()


class LabelLayoutBody(msgspec.Struct, frozen=True):
    """The mask of a scale's labels (`pos_app.domain.scale_labels`)."""

    mask: str


class PriceBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A price row of docs/pricing.md §1; instants in ISO 8601 with an offset."""

    id: str
    sku: str
    kind: Literal["base", "campaign", "member", "lot"]
    amount: int
    scope: str = "chain"
    channel: Literal["all", "store", "online"] = "all"
    starts: str | None = msgspec.field(default=None, name="from")
    ends: str | None = msgspec.field(default=None, name="to")
    tiers: Sequence[str] = ()
    lot: str | None = None


class OperatorBody(msgspec.Struct, frozen=True):
    """Who may sign in at this store."""

    id: str
    name: str
    role: Literal["cashier", "associate", "manager"]
    pin_hash: str


class MemberBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member of this store."""

    id: str
    name: str = ""
    initials: str = ""
    """Pinyin initials of the name, made at headquarters: ``cjy`` for 陈静宜."""
    tier: str = ""
    phone: str = ""
    card: str = ""
    segments: Sequence[str] = ()
    points: int = 0
    home_store: str = ""
    birth_month: int | None = None
    consent: str = ""
    """The version of the wording that the member agreed to at a register; empty for one that was imported."""
    also: Sequence[str] = ()
    """Other ids of the same person: what they have is in the amounts, and their documents name this one."""
    merged_into: str = ""
    """The id under which the person is told as one; the rest of the document says the same as that one's."""
    leased: int = 0
    """How many of the points lie at registers, to be spent there alone."""
    used: Mapping[str, int] = {}
    """How often each promotion that is limited per member was used."""
    applied: "Mapping[str, AppliedBody]" = {}
    """What of each register is in ``points``, ``leased`` and ``used``; none of one that is not named."""


class AppliedBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far an amount contains a register's facts; ``missing`` are quarantined (epoch, seq) pairs below."""

    epoch: int
    seq: int
    missing: Sequence[tuple[int, int]] = ()


class PurchaseLine(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """Goods of a purchase: quantity in thousandths, amount in fen; a name where the channel has its own."""

    sku: str
    quantity: int
    amount: int
    name: str = ""


class PurchaseBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a member bought, or did, in one channel at one moment."""

    id: str
    member: str
    at: str
    channel: str
    kind: Literal["sale", "return", "order", "pick_up", "community", "service_note"]
    store: str = ""
    number: str = ""
    """The receipt's or the order's number, as people say it."""
    amount: int = 0
    points: int = 0
    lines: Sequence[PurchaseLine] = ()
    more: int = 0
    """How many lines are not told."""
    note: str = ""


class CouponBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A coupon that was issued and may be presented here. ``valid_from <= at < valid_to``, ISO 8601 with an offset."""

    id: str
    template: str
    member: str | None = None
    """Whose it is; None: whoever brings it."""
    valid_from: str | None = None
    valid_to: str | None = None
    applied: Mapping[str, AppliedBody] = {}
    """Of one that was spent and given back: up to where that is in it, of each register that did either."""


class SelectorBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which products are meant (docs/pricing.md §1)."""

    skus: Sequence[str] = ()
    categories: Sequence[str] = ()
    brands: Sequence[str] = ()
    tags: Sequence[str] = ()
    every: bool = msgspec.field(default=False, name="all")
    unless: "SelectorBody | None" = msgspec.field(default=None, name="except")


Share = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
"""Hundredths of a percent of a whole."""


class FloatRangeBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far below and above base a price may be; ``of`` left out: of all goods, ``kinds``: of all kinds of prices."""

    id: str
    below: Share
    above: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    of: SelectorBody = SelectorBody(every=True)
    scope: str = "chain"
    channel: Literal["all", "store", "online"] = "all"
    kinds: Sequence[Literal["base", "campaign", "member", "lot", "manual"]] = ()


class PromotionAuthorityBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which kinds of promotions the zones or stores of a scope may start themselves, and how deep they may cut."""

    id: str
    kinds: Sequence[str]
    deepest: Share
    scope: str = "chain"
    levels: Sequence[Literal["zone", "store"]] = ("zone", "store")


class LeaseBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of what somebody has that ``register`` alone may spend, up to ``until``; ``asked``: to be given back."""

    id: str
    resource: str
    key: str
    register: str
    amount: int
    until: str
    asked: bool = False
    applied: Mapping[str, AppliedBody] = {}


class StockBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is on hand in this store (thousandths), and what of each register is in it."""

    sku: str
    on_hand: int
    applied: Mapping[str, AppliedBody] = {}


class StoreBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """The store as its registers show it."""

    id: str
    name: str
    zone: str = ""
    address: str = ""
    phone: str = ""
    utc_offset_minutes: int = 480


class TokenKeyBody(msgspec.Struct, frozen=True):
    """A key that signs codes, or will or did: its public half in hexadecimal."""

    id: str
    public: str


class ExceptionBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of a fact could not be honoured, who has it, and once it is settled by whom and how."""

    device: str
    epoch: int
    seq: int
    number: int
    code: str
    made_at: str
    owner: str
    details: Mapping[str, Any] = {}
    receipt: str | None = None
    resolved_at: str | None = None
    resolved_by: str | None = None
    resolution: str | None = None
