"""What a fact comes to at headquarters: rows for the ledgers, and what of its meaning cannot be honoured. Pure.

A kind, version or shape that this release cannot read raises `CannotApply`; the fact is kept for one that can.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Final, TypeVar

import msgspec

from pos_app.domain.branches import COMPACTED_FACT_KIND, OPENED_FACT_KIND
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact, Position
from pos_app.domain.holds import RELEASED_FACT_KIND
from pos_app.domain.ids import ReceiptNumber
from pos_app.domain.leases import RETURNED_FACT_KIND
from pos_app.domain.payments import ASKED_FACT_KIND, PAYMENT_FACT_VERSION, SETTLED_FACT_KIND
from pos_app.domain.registration import FACT_KIND as REGISTERED_KIND
from pos_app.domain.returned import RETURN_KINDS, RETURN_VERSION
from pos_app.domain.sale import FACT_KIND, FACT_VERSION, sale_line_quantities
from sync.hq.drawers.reading import DRAWER_KINDS, read_drawer
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.bodies import Amount, CannotApply, MemberRef, TenderBody, Word
from sync.hq.members.ledger import EARNED, POINTS, SPENT, USED, Entry, use_of
from sync.hq.members.registering import Registered, RegisteredBody
from sync.hq.payments.reading import Payments, payments_of_sale, read_payment
from sync.hq.returns.reading import CameBack, read_return
from sync.hq.stock_pool.ledger import Movement, source_of

T = TypeVar("T")


class LeasedPoints(msgspec.Struct, frozen=True):
    """So many points of a sale were spent from a lease."""

    lease: Word
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**15)]


class NamedHold(msgspec.Struct, frozen=True):
    """A hold that was asked for a sale's basket, and how much of the sale was spent by it."""

    hold: Word
    amount: Annotated[int, msgspec.Meta(ge=0, le=10**15)] = 0


class ReleasedBody(msgspec.Struct, frozen=True):
    """The holds of a basket that has no use for them any more."""

    holds: Annotated[list[Word], msgspec.Meta(min_length=1, max_length=1000)]


class ReturnedBody(msgspec.Struct, frozen=True):
    """A lease that its register gives back, and how much it says was left in it."""

    lease: Word
    left: Annotated[int, msgspec.Meta(ge=0, le=10**15)]


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A lease that is given back: how much is left in it, and where in its register's chain that is said."""

    lease: str
    left: int
    at: Position


@dataclass(slots=True)
class Effects:
    """What one fact adds. Rows are those of the tables they are named for."""

    sale: Mapping[str, Any] | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)
    tenders: list[dict[str, Any]] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    promotions: list[dict[str, Any]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    leased: list[LeasedPoints] = field(default_factory=list)
    """What of it was spent from leases."""
    gives_back: GivenBack | None = None
    """The lease that it ends."""
    coupons: list[str] = field(default_factory=list)
    """Those that it spent."""
    drawer: Mapping[str, Any] | None = None
    """What it says of its register's drawer."""
    holds: list[NamedHold] = field(default_factory=list)
    """Those that it ends."""
    registered: Registered | None = None
    """The member whom it makes known."""
    member_code: str | None = None
    """The nonce of the signed code that named its member."""
    payments: Payments | None = None
    """What it says of payments that providers were asked for."""
    came_back: CameBack | None = None
    """What it gives back of a sale."""
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def receipt(self) -> str | None:
        """The receipt by which people know it, if it has one."""
        row = self.sale if self.came_back is None else self.came_back.row
        return None if row is None else str(row["receipt"])


class SoldLine(msgspec.Struct, frozen=True):
    """A line of a sale."""

    line: Amount
    sku: Word
    quantity: Amount
    unit_price: Amount
    gross: Amount
    net: Amount
    price_id: Word | None = None


class UsedPromotion(msgspec.Struct, frozen=True):
    """A promotion that was applied, or counted."""

    id: Word
    applications: Amount
    saving: Amount


class PresentedCoupon(msgspec.Struct, frozen=True):
    """A coupon that was presented."""

    id: Word
    accepted: bool


class MembersPart(msgspec.Struct, frozen=True):
    """What a sale of version 2 changes of what its member has."""

    uses: dict[Word, Amount]
    points_earned: Amount = 0
    points_used: Amount = 0


class SaleBody(msgspec.Struct, frozen=True):
    """A sale's body, as much of it as the ledgers take; the rest stays in the fact."""

    sale: Word
    receipt: Word
    business_date: date
    store: Word
    lines: Annotated[list[SoldLine], msgspec.Meta(min_length=1, max_length=10_000)]
    tenders: Annotated[list[TenderBody], msgspec.Meta(max_length=100)]
    gross: Amount
    saving: Amount
    rounding: Amount
    payable: Amount
    member: MemberRef | None = None
    basket: Word | None = None
    member_code: Word | None = None


def effects_of(fact: Fact, store: str) -> Effects:
    """Read a fact of a register of ``store``; raise `CannotApply`."""
    kind = _KINDS.get(fact.kind)
    if kind is None:
        raise CannotApply("fact_kind_unknown", kind=fact.kind)
    newest, read = kind
    if not 1 <= fact.version <= newest:
        raise CannotApply("fact_version_unknown", kind=fact.kind, version=fact.version)
    return read(fact, store)


def _of_sale(fact: Fact, store: str) -> Effects:
    try:
        body = msgspec.convert(fact.body, SaleBody)
    except msgspec.ValidationError as error:
        raise CannotApply("fact_body_unreadable", kind=fact.kind, reason=str(error)[:200]) from error
    receipt, troubles = _receipt(body, fact)
    troubles += _figures(body) + _signs(body)
    promotions = _beside(fact, "promotions", UsedPromotion, troubles)
    coupons = _beside(fact, "coupons", PresentedCoupon, troubles)
    if body.store != store:
        troubles.append(Trouble("sale_of_other_store", {"store": body.store, "device_store": store}))
    return Effects(
        sale={
            "id": body.sale,
            "device": fact.device,
            "epoch": fact.position.epoch,
            "seq": fact.position.seq,
            "store": store,
            "receipt": body.receipt,
            "receipt_number": receipt,
            "business_date": body.business_date.isoformat(),
            "at": fact.at,
            "operator": fact.operator,
            "member": None if body.member is None else body.member.id,
            "gross": body.gross,
            "saving": body.saving,
            "rounding": body.rounding,
            "payable": body.payable,
            "basket": body.basket,
        },
        lines=[{"sale": body.sale, **msgspec.structs.asdict(line)} for line in body.lines],
        tenders=[
            {"sale": body.sale, "number": number, "kind": tender.kind, "amount": tender.amount}
            for number, tender in enumerate(body.tenders, 1)
        ],
        movements=[
            Movement(store, sku, source_of(fact.device, fact.position), "sale", -sold, fact.at)
            for sku, sold in sorted(sale_line_quantities(fact.body).items())
        ],
        promotions=[
            {"sale": body.sale, "promotion": one.id, "applications": one.applications, "saving": one.saving}
            for one in {one.id: one for one in promotions}.values()
        ],
        entries=_entries(fact, body.member, troubles),
        leased=_beside(fact, "leases", LeasedPoints, troubles),
        holds=_beside(fact, "holds", NamedHold, troubles),
        payments=payments_of_sale(fact, store, body.sale, body.tenders),
        coupons=list(dict.fromkeys(one.id for one in coupons if one.accepted)),
        member_code=body.member_code,
        troubles=troubles,
    )


def _beside(fact: Fact, name: str, kind: type[T], troubles: list[Trouble]) -> list[T]:
    """Read what a sale says beside its lines and payments; a shape that cannot be read does not keep the sale back."""
    try:
        return msgspec.convert(fact.body.get(name) or [], list[kind])  # type: ignore[valid-type] # it is a type
    except msgspec.ValidationError as error:
        troubles.append(Trouble("sale_part_unreadable", {"part": name, "reason": str(error)[:200]}))
        return []


def _entries(fact: Fact, whose: MemberRef | None, troubles: list[Trouble]) -> list[Entry]:
    """Read what the member gets and gives: what `pos_app.domain.sale.pending_of` holds back at the register.

    An amount below nothing is told and counts for nothing.
    """
    if whose is None or "uses" not in fact.body:
        return []
    try:
        said = msgspec.convert(fact.body, MembersPart)
    except msgspec.ValidationError as error:
        troubles.append(Trouble("sale_part_unreadable", {"part": "member", "reason": str(error)[:200]}))
        return []
    named = [("points_earned", POINTS, EARNED, said.points_earned), ("points_used", POINTS, SPENT, said.points_used)]
    named += [(f"uses.{each}", use_of(each), USED, count) for each, count in sorted(said.uses.items())]
    troubles += [
        Trouble("amount_negative", {"figure": figure, "amount": amount}) for figure, _, _, amount in named if amount < 0
    ]
    source = source_of(fact.device, fact.position)
    return [
        Entry(whose.id, entitlement, source, reason, -amount if reason == SPENT else amount, fact.at)
        for _, entitlement, reason, amount in named
        if amount > 0
    ]


def _receipt(body: SaleBody, fact: Fact) -> tuple[int, list[Trouble]]:
    try:
        receipt = ReceiptNumber.parse(body.receipt)
    except Refusal:
        return 0, [Trouble("receipt_malformed", {"receipt": body.receipt})]
    if receipt.device != fact.device or receipt.business_date != body.business_date:
        return 0, [Trouble("receipt_of_other_register", {"receipt": body.receipt})]
    return receipt.number, []


def _figures(body: SaleBody) -> list[Trouble]:
    """Check what must add up (docs/pricing.md §7)."""
    troubles = []
    net, paid = sum(line.net for line in body.lines), sum(tender.amount for tender in body.tenders)
    if net != body.payable + body.rounding:
        troubles.append(Trouble("sale_figures", {"net": net, "payable": body.payable, "rounding": body.rounding}))
    if paid != body.payable:
        troubles.append(Trouble("sale_not_paid", {"paid": paid, "payable": body.payable}))
    return troubles


def _signs(body: SaleBody) -> list[Trouble]:
    """Check what no sale has: a quantity that is not above 0, an amount below it."""
    troubles = [
        Trouble("quantity_not_positive", {"line": line.line, "quantity": line.quantity})
        for line in body.lines
        if line.quantity <= 0
    ]
    amounts = [(name, getattr(body, name)) for name in ("gross", "saving", "rounding", "payable")]
    amounts += [
        (f"lines.{line.line}.{name}", getattr(line, name))
        for line in body.lines
        for name in ("unit_price", "gross", "net")
    ]
    amounts += [(f"tenders.{number}", tender.amount) for number, tender in enumerate(body.tenders, 1)]
    return troubles + [
        Trouble("amount_negative", {"figure": figure, "amount": amount}) for figure, amount in amounts if amount < 0
    ]


def _of_return(fact: Fact, store: str) -> Effects:
    del store
    try:
        body = msgspec.convert(fact.body, ReturnedBody)
    except msgspec.ValidationError as error:
        raise CannotApply("fact_body_unreadable", kind=fact.kind, reason=str(error)[:200]) from error
    return Effects(gives_back=GivenBack(body.lease, body.left, fact.position))


def _of_release(fact: Fact, store: str) -> Effects:
    del store
    try:
        return Effects(holds=[NamedHold(own) for own in msgspec.convert(fact.body, ReleasedBody).holds])
    except msgspec.ValidationError as error:
        raise CannotApply("fact_body_unreadable", kind=fact.kind, reason=str(error)[:200]) from error


def _of_what_came_back(fact: Fact, store: str) -> Effects:
    back = read_return(fact, store)
    return Effects(came_back=back, entries=back.entries(), movements=back.movements, troubles=back.reading)


def _of_registration(fact: Fact, store: str) -> Effects:
    try:
        return Effects(registered=Registered(msgspec.convert(fact.body, RegisteredBody), store, fact.at))
    except msgspec.ValidationError as error:
        raise CannotApply("fact_body_unreadable", kind=fact.kind, reason=str(error)[:200]) from error


def _of_drawer(fact: Fact, store: str) -> Effects:
    try:
        row, troubles = read_drawer(fact, store)
    except msgspec.ValidationError as error:
        raise CannotApply("fact_body_unreadable", kind=fact.kind, reason=str(error)[:200]) from error
    return Effects(drawer=row, troubles=troubles)


def _of_payment(fact: Fact, store: str) -> Effects:
    return Effects(payments=read_payment(fact, store))


def _kept(fact: Fact, store: str) -> Effects:
    """Take a fact that changes no ledger: it is in the chain, and that is all of it."""
    del fact, store
    return Effects()


_KEPT_KINDS: Final = (
    *("signed_in", "signed_out", "approval", "device_note", "price_overridden", "member_looked_at"),
    *(OPENED_FACT_KIND, COMPACTED_FACT_KIND),
)
_KINDS: Final[Mapping[str, tuple[int, Callable[[Fact, str], Effects]]]] = {
    FACT_KIND: (FACT_VERSION, _of_sale),
    RETURNED_FACT_KIND: (1, _of_return),
    RELEASED_FACT_KIND: (1, _of_release),
    REGISTERED_KIND: (1, _of_registration),
    **dict.fromkeys((ASKED_FACT_KIND, SETTLED_FACT_KIND), (PAYMENT_FACT_VERSION, _of_payment)),
    **dict.fromkeys(RETURN_KINDS, (RETURN_VERSION, _of_what_came_back)),
    **dict.fromkeys(DRAWER_KINDS, (1, _of_drawer)),
    **dict.fromkeys(_KEPT_KINDS, (1, _kept)),
}
"""Each kind's newest version that this release reads, and how."""
