"""A register with no disk and no line behind the window: the real services over fakes of our own ports, with the demo
chain's goods. A test or the gallery plays headquarters and the printer by hand.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from pos_app.bootstrap.elements import LateElements
from pos_app.devices.paper import PAPER_80
from pos_app.devices.paper_picture import draw
from pos_app.devices.receipt_renderings import ReceiptRenderings
from pos_app.devices.receipt_words import read_words
from pos_app.devices.report_words import read_report_words
from pos_app.domain.basket import Basket
from pos_app.domain.catalog import Barcode, FoundProduct, Product, Unit
from pos_app.domain.codes import lookup_key
from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.exceptions import StoreException
from pos_app.domain.ids import BasketId, DeviceId, MemberId, OperatorId, Sku
from pos_app.domain.instants import parse_instant
from pos_app.domain.ledger import ConfirmedAmount, stock_key
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.payments import Patience
from pos_app.domain.pricing.inputs import PriceRow, Rulebook
from pos_app.domain.quantity import Quantity
from pos_app.domain.returned import KnownSale
from pos_app.domain.sale import Place
from pos_app.domain.suspended_basket import SuspendedAt
from pos_app.domain.tender import Provider
from pos_app.services.advising import Advising
from pos_app.services.approvals import Approvals
from pos_app.services.changes import Kind
from pos_app.services.exchanging import Exchanging
from pos_app.services.knowing import Knowing
from pos_app.services.leases import Leases
from pos_app.services.looking_up import LookingUp
from pos_app.services.member_book import MemberBook
from pos_app.services.paying import Paying, PayingParts
from pos_app.services.ports import Holding, Ids, PaymentProvider
from pos_app.services.receipts import Receipts
from pos_app.services.registering import Registering
from pos_app.services.remembering import Remembering
from pos_app.services.returning import Returning, ReturningParts
from pos_app.services.returning_bare import BareReturns
from pos_app.services.reuniting import Reuniting
from pos_app.services.rights import Rights
from pos_app.services.selling import Selling
from pos_app.services.selling_parts import SellingParts
from pos_app.services.shifts import ShiftParts, Shifts
from pos_app.services.signed_codes import SignedCodes
from pos_app.services.signing_in import SigningIn
from pos_app.services.upkeep import Upkeep
from pos_app.services.watching import Watching
from pos_app.ui.ports import Changed, Identity, LineStatus, Notice, PrinterStatus
from tests.support.memory_branches import MemoryBranches
from tests.support.memory_replica import MemoryReplica
from tests.support.payments import SHORT
from tests.support.plain_pins import PlainPins
from tests.support.ports import DEVICE, CountedIds, HandClock, MemoryJournal, Tray
from tests.support.tokens import HandTokens

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
CHAIN, WORDS = RESOURCES / "demo/chain.json", RESOURCES / "receipts/zh_CN.toml"
RENDERINGS = ReceiptRenderings(read_words(WORDS), read_report_words(RESOURCES / "reports/zh_CN.toml"), PAPER_80, draw)
STORE_TIME = timezone(timedelta(hours=8))
OPENING = datetime(2026, 6, 18, 10, 42, tzinfo=STORE_TIME)
STORE_NAME = "穗和仓粮油 禾丰路旗舰店"
CASHIER, PIN = "1001", "1234"


def healthy_line() -> LineStatus:
    """The line on a good day."""
    return LineStatus(
        online=True,
        since=OPENING.replace(hour=9, minute=2),
        prices_as_of=OPENING.replace(minute=41),
        heard_at=OPENING,
        pulled_at=OPENING,
        offset_ms=38,
        cursor={"chain": 1284, "zone:east": 37, "store:S001": 902},
        acknowledged="1:2217",
    )


def exceptions() -> list[StoreException]:
    """What headquarters could not honour: some of it settled, one of a kind that this release does not know."""
    sku = {"sku": "RICE-NEW-2KG", "line": 2}
    receipt = "S001-R1-20260618-0031"
    waits = StoreException(DeviceId("S001-R1"), "product_unknown", sku, receipt, "hq", OPENING)
    return [
        replace(
            waits,
            code="receipt_repeated",
            details={"receipt": receipt},
            owner="store",
            made_at=OPENING - timedelta(days=2),
            resolved_at=OPENING - timedelta(hours=1),
            resolved_by="许文清",
            resolution="两台机器用了同一块磁盘，已停用一台",
        ),
        waits,
        replace(
            waits, code="fact_kind_unknown", details={"kind": "teleported"}, receipt=None, device=DeviceId("S001-R2")
        ),
        replace(waits, code="coupon_spent_on_the_moon", owner="周立群", made_at=OPENING - timedelta(hours=3)),
    ]


@dataclass(slots=True)
class IndexedReplica(MemoryReplica):
    """The demo chain's goods, found as quickly as the real replica finds them."""

    codes: dict[str, FoundProduct] = field(default_factory=dict)
    rules: Rulebook | None = None
    """Gathered once; a test that changes prices sets it to None."""

    def rulebook(self) -> Rulebook:
        if self.rules is None:
            self.rules = super(IndexedReplica, self).rulebook()
        return self.rules

    def by_code(self, key: str) -> FoundProduct | None:
        return self.codes.get(key)

    def search(self, text: str, limit: int) -> Sequence[FoundProduct]:
        wanted = text.lower()
        found = [
            FoundProduct(product)
            for product in self.products
            if wanted in product.name.lower()
            or wanted in product.sku.lower()
            or any(barcode.code.endswith(wanted) for barcode in product.barcodes)
        ]
        return found[:limit]


def demo_replica() -> IndexedReplica:
    """Read the demo chain as store S001 sees it."""
    chain = json.loads(CHAIN.read_text(encoding="utf-8"))
    products = [_product(each) for each in chain["products"]]
    codes = {
        lookup_key(barcode.code): FoundProduct(product, barcode.quantity, barcode.code)
        for product in products
        for barcode in product.barcodes
    } | {name: FoundProduct(product) for product in products for name in (product.sku, product.plu) if name}
    return IndexedReplica(
        products=products,
        prices=[_price(each) for each in chain["prices"]],
        amounts={stock_key(Sku(each.sku)): ConfirmedAmount(48_000 + at * 1000) for at, each in enumerate(products)},
        operators=[
            Operator(OperatorId(each["id"]), each["name"], each["role"], each["pin"])
            for each in chain["operators"]
            if "S001" in each["stores"]
        ],
        members=[
            Member(MemberId(each["id"]), each["name"], each["tier"], each["phone"], each["card"])
            for each in chain["members"]
        ],
        codes=codes,
        as_of=OPENING.replace(minute=41),
    )


@dataclass(frozen=True, slots=True)
class SeenLine:
    """The line as the window shows it."""

    register: "HandRegister"

    def is_up(self) -> bool:
        return self.register.line.online


@dataclass(slots=True)
class HandRegister:
    """Everything behind the window, played by hand."""

    replica: IndexedReplica = field(default_factory=demo_replica)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    clock: HandClock = field(default_factory=lambda: HandClock(OPENING))
    ids: Ids = field(default_factory=CountedIds)
    tray: Tray = field(default_factory=Tray)
    tokens: HandTokens = field(default_factory=HandTokens)
    renderings: ReceiptRenderings = field(default_factory=lambda: RENDERINGS)
    identity: Identity = field(
        default_factory=lambda: Identity(
            "0.1.0", "S001", STORE_NAME, DEVICE, "https://hq.suihecang.example", "5e:1b:90:44:c2:7d:aa:13"
        )
    )
    line: LineStatus = field(default_factory=healthy_line)
    printer: PrinterStatus = field(default_factory=lambda: PrinterStatus("ready"))
    asked: list[str] = field(default_factory=list)
    fails: dict[str, GranaryError] = field(default_factory=dict)
    """What a call by that name raises."""
    tell: Callable[[Notice], None] = field(default=lambda _notice: None)
    branches: MemoryBranches = field(default_factory=MemoryBranches)
    holding: Holding | None = None
    """Who asks headquarters for holds; nobody is asked unless a test sees to it."""
    neighbours: list[SuspendedAt] = field(default_factory=list)
    """What is suspended at the store's other registers."""
    sold: dict[str, KnownSale] = field(default_factory=dict)
    """What headquarters knows of sales, by receipt."""
    providers: dict[Provider, PaymentProvider] = field(default_factory=dict)
    """Who can be asked for money."""
    patience: Patience = SHORT
    drawers: list[StoreDrawer] = field(default_factory=list)
    """What headquarters says of the store's drawers."""
    payments_trouble: Refusal | None = None
    counter: "HandCounter | None" = None

    def open(self) -> "HandCounter | None":
        self._ask("open")
        if not self.identity.device:
            return None
        self.counter = HandCounter.of(self)
        return self.counter

    def enrol(self, address: str, code: str) -> Identity:
        self._ask(f"enrol {address} {code}", "enrol")
        self.identity = replace(self.identity, store="S001", store_name=STORE_NAME, device=DEVICE, headquarters=address)
        return self.identity

    def listen(self, tell: Callable[[Notice], None]) -> None:
        self.tell = tell
        tell(self.line)
        tell(self.printer)

    def prices_came(self) -> None:
        """Say that a pull brought prices."""
        self.tell(Changed(frozenset({Kind.PRICE})))

    def pull_now(self) -> None:
        self._ask("pull_now")

    def fetch_again(self) -> None:
        self._ask("fetch_again")

    def compare(self) -> None:
        self._ask("compare")

    def elsewhere(self) -> Sequence[SuspendedAt]:
        self._ask("elsewhere")
        return self.neighbours

    def fetch_basket(self, wanted: SuspendedAt) -> Basket:
        self._ask(f"fetch {wanted.id} of {wanted.device}", "fetch")
        self.neighbours = [each for each in self.neighbours if each.id != wanted.id]
        assert wanted.copy is not None
        return wanted.copy

    def done_with(self, basket: BasketId) -> None:
        self._ask(f"done with {basket}")

    def ask_sold(self, receipt: str) -> KnownSale:
        self._ask(f"sold {receipt}", "sold")
        if receipt not in self.sold:
            raise Refusal("receipt_unknown", text=receipt)
        return self.sold[receipt]

    def ask_drawers(self) -> Sequence[StoreDrawer]:
        self._ask("drawers")
        return self.drawers

    def write_diagnostics(self, target: str) -> str:
        self._ask(f"diagnostics {target}", "diagnostics")
        return f"{target}/granary-{DEVICE}-20260618-104200.zip"

    def print_test(self) -> None:
        self._ask("print_test")

    def close(self) -> None:
        self.asked.append("close")

    def _ask(self, what: str, name: str = "") -> None:
        self.asked.append(what)
        if (name or what) in self.fails:
            raise self.fails[name or what]


@dataclass(slots=True)
class HandCounter:
    """The real use cases over the fakes."""

    selling: Selling
    paying: Paying
    receipts: Receipts
    returning: Returning
    bare_returns: BareReturns
    signing_in: SigningIn
    looking_up: LookingUp
    advising: Advising
    reuniting: Reuniting
    upkeep: Upkeep
    watching: Watching
    shifts: Shifts
    knowing: Knowing
    registering: Registering
    remembering: Remembering
    sync: Callable[[], None]

    @property
    def exchanging(self) -> Exchanging:
        return Exchanging(self.returning, self.selling)

    @classmethod
    def of(cls, register: HandRegister) -> "HandCounter":
        journal, replica, clock, tray = register.journal, register.replica, register.clock, register.tray
        place, ids = Place("S001", "east", 1), register.ids
        line = SeenLine(register)
        parts = SellingParts(journal, replica, clock, ids, tray, tray, line, register.tokens, LateElements())
        parts = replace(parts, holding=register.holding)
        selling = Selling(parts, place, STORE_NAME)
        money = PayingParts(journal, clock, ids, tray, register.providers, patience=register.patience)
        paying = Paying(replace(money, trouble=register.payments_trouble), selling)
        leases = Leases(journal, replica, place, clock, SeenLine(register))
        rights, book = Rights(journal, replica, place, leases), MemberBook(journal, replica)
        signing_in = SigningIn(journal, replica, clock, PlainPins(), tray)
        reuniting = Reuniting(register.branches, signing_in, clock, lambda: register.asked.append("try_again"))
        drawer = ShiftParts(journal, clock, parts.ids, tray, tray, Approvals(signing_in))
        shifts = Shifts(drawer, place, STORE_NAME)
        return cls(
            selling,
            paying,
            Receipts(journal, tray, STORE_NAME),
            Returning(
                ReturningParts(journal, replica, clock, ids, tray, tray), place, STORE_NAME, Approvals(signing_in)
            ),
            BareReturns(journal, replica, clock, place),
            signing_in,
            LookingUp(journal, replica, clock, place, DEVICE),
            Advising(replica, rights),
            reuniting,
            Upkeep((reuniting.go_on_alone, shifts.step)),
            Watching(replica, clock),
            shifts,
            Knowing(book, journal, replica, clock, tray, SignedCodes(register.tokens, clock), rights, place),
            Registering(book, journal, clock, CountedIds(1000), tray, place),
            Remembering(journal, replica, selling),
            journal.sync,
        )


def _product(row: dict[str, Any]) -> Product:
    return Product(
        sku=Sku(row["sku"]),
        name=row["name"],
        name_en=row["name_en"],
        categories=tuple(row["categories"]),
        weighed=row["weighed"],
        unit=row["unit"],
        spec=row["spec"],
        plu=row["plu"],
        units=tuple(Unit(each["name"], Quantity(each["quantity"])) for each in row["units"]),
        barcodes=tuple(Barcode(each["code"], each["unit"], Quantity(each["quantity"])) for each in row["barcodes"]),
    )


def _price(row: dict[str, Any]) -> PriceRow:
    return PriceRow(
        id=row["id"],
        sku=Sku(row["sku"]),
        kind=row["kind"],
        amount=Fen(row["amount"]),
        scope=row["scope"],
        channel=row["channel"],
        starts=parse_instant(row["from"]) if row["from"] else None,
        ends=parse_instant(row["to"]) if row["to"] else None,
        tiers=tuple(row.get("tiers") or ()),
    )
