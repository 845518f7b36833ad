"""A return's or a void's fact, read: what came back, how it was given back, what the member gets and gives. Pure."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

import msgspec

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact
from pos_app.domain.ids import ReceiptNumber
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.bodies import CannotApply, MemberRef, TenderBody, Word
from sync.hq.members.ledger import GIVEN_BACK, POINTS, TAKEN_BACK, UNUSED, Entry, use_of
from sync.hq.stock_pool.ledger import Movement, source_of

Count = Annotated[int, msgspec.Meta(ge=0, le=10**15)]


class ReturnedLine(msgspec.Struct, frozen=True):
    """Goods of one line; ``sold`` is how much the receipt says was sold of it."""

    line: Annotated[int, msgspec.Meta(ge=0, le=10**6)]
    sku: Word
    quantity: Annotated[int, msgspec.Meta(ge=1, le=10**15)]
    amount: Count
    sold: Count
    points_taken: Count = 0
    points_given: Count = 0
    lot: Word | None = None


class Original(msgspec.Struct, frozen=True):
    """The sale that it is of."""

    sale: Word
    receipt: Word
    store: Word


class CouponRef(msgspec.Struct, frozen=True):
    """A coupon that the customer has again."""

    id: Word


class ReturnBody(msgspec.Struct, frozen=True, rename={"id": "return"}):
    """A body of version 1, as much of it as the ledgers take; the rest stays in the fact."""

    id: Word
    receipt: Word
    business_date: date
    store: Word
    lines: Annotated[list[ReturnedLine], msgspec.Meta(min_length=1, max_length=10_000)]
    tenders: Annotated[list[TenderBody], msgspec.Meta(max_length=100)]
    amount: Count
    reason: Annotated[str, msgspec.Meta(max_length=1000)]
    original: Original | None = None
    member: MemberRef | None = None
    uses: dict[Word, Count] = {}
    coupons: list[CouponRef] = []
    approved_by: str | None = None


@dataclass(slots=True)
class CameBack:
    """What one of them adds. Rows are those of the tables they are named for; ``kept`` is what is held of its lines."""

    body: ReturnBody
    row: dict[str, Any]
    lines: list[dict[str, Any]]
    tenders: list[dict[str, Any]]
    movements: list[Movement]
    source: str
    at: str
    reading: list[Trouble] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    """What was found when it was held against its sale and other returns."""

    @property
    def sale(self) -> str:
        """Whose goods they are."""
        return str(self.row["sale"])

    def entries(self, counted: dict[int, int] | None = None) -> list[Entry]:
        """List what the member gets and gives. ``counted`` says how much of each line counts (none given: all of it):
        what came back before brings no points a second time.
        """
        whose = self.body.member
        if whose is None:
            return []
        taken = given = 0
        whole = True
        for line in self.body.lines:
            counts = line.quantity if counted is None else counted[line.line]
            taken += line.points_taken * counts // line.quantity
            given += line.points_given * counts // line.quantity
            whole = whole and counts == line.quantity
        named = [(POINTS, TAKEN_BACK, -taken), (POINTS, GIVEN_BACK, given)]
        named += [(use_of(each), UNUSED, -count) for each, count in sorted(self.body.uses.items()) if whole]
        return [
            Entry(whose.id, right, self.source, reason, amount, self.at) for right, reason, amount in named if amount
        ]


def read_return(fact: Fact, store: str) -> CameBack:
    """Read a return or a void of a register of ``store``; raise `CannotApply`."""
    try:
        body = msgspec.convert(fact.body, ReturnBody)
    except msgspec.ValidationError as error:
        raise CannotApply("fact_body_unreadable", kind=fact.kind, reason=str(error)[:200]) from error
    source = source_of(fact.device, fact.position)
    number, troubles = _receipt(body, fact)
    sale = body.id if body.original is None else body.original.sale
    back: dict[str, int] = {}
    for line in body.lines:
        back[line.sku] = back.get(line.sku, 0) + line.quantity
    row = {
        "id": body.id,
        "kind": fact.kind,
        "device": fact.device,
        "epoch": fact.position.epoch,
        "seq": fact.position.seq,
        "store": store,
        "receipt": body.receipt,
        "receipt_number": number,
        "business_date": body.business_date.isoformat(),
        "at": fact.at,
        "operator": fact.operator,
        "sale": sale,
        "original": "" if body.original is None else body.original.receipt,
        "member": None if body.member is None else body.member.id,
        "amount": body.amount,
        "reason": body.reason,
        "approved_by": body.approved_by,
    }
    return CameBack(
        body=body,
        row=row,
        lines=[
            {
                "return_id": body.id,
                "number": number,
                "sale": sale,
                **{name: getattr(line, name) for name in ("line", "sku", "lot", "quantity", "amount")},
            }
            for number, line in enumerate(body.lines, 1)
        ],
        tenders=[
            {"return_id": body.id, "number": number, "kind": tender.kind, "amount": tender.amount}
            for number, tender in enumerate(body.tenders, 1)
        ],
        movements=[
            Movement(store, sku, source, fact.kind, quantity, fact.at) for sku, quantity in sorted(back.items())
        ],
        source=source,
        at=fact.at,
        reading=troubles + _figures(body) + _places(body, store),
    )


def _receipt(body: ReturnBody, fact: Fact) -> tuple[int, list[Trouble]]:
    try:
        receipt = ReceiptNumber.parse(body.receipt)
    except Refusal:
        return 0, [Trouble("receipt_malformed", {"receipt": body.receipt})]
    if receipt.device != fact.device or receipt.business_date != body.business_date:
        return 0, [Trouble("receipt_of_other_register", {"receipt": body.receipt})]
    return receipt.number, []


def _figures(body: ReturnBody) -> list[Trouble]:
    """Check what must add up: the lines, what was given back, and that no line is there twice."""
    troubles = []
    lines, given = sum(line.amount for line in body.lines), -sum(tender.amount for tender in body.tenders)
    if not lines == body.amount == given:
        troubles.append(Trouble("return_figures", {"lines": lines, "amount": body.amount, "given": given}))
    if len({line.line for line in body.lines}) < len(body.lines):
        raise CannotApply("fact_body_unreadable", kind="return", reason="a line is there twice")
    return troubles


def _places(body: ReturnBody, store: str) -> list[Trouble]:
    if body.store == store:
        return []
    return [Trouble("sale_of_other_store", {"store": body.store, "device_store": store})]
