"""Facts into the ledgers: a batch at once, and one by one when the database refuses one of them.

A fact that cannot be applied is quarantined; neither it nor an exception stops the facts behind it. Knows nothing of
chains: the facts are new and in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy.exc import DataError, IntegrityError

from pos_app.domain.branches import meaning
from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from sync.hq.coupons.spending import CouponsMoved, again_documents, gone_documents, move_coupons, put_others_off
from sync.hq.db.database import AnyRow, Writer
from sync.hq.db.drawers_schema import drawer_entry
from sync.hq.db.many import ManyRows, Rows
from sync.hq.db.schema import fact, fact_exception, sale, sale_line, sale_promotion, tender
from sync.hq.devices.applied import applied_at
from sync.hq.exceptions.keeping import About, Trouble, document_of, rows_of
from sync.hq.facts.batch import Arrived
from sync.hq.facts.bodies import CannotApply
from sync.hq.facts.effects import Effects, effects_of
from sync.hq.facts.known import KnownGoods
from sync.hq.facts.member_codes import note_codes
from sync.hq.facts.members import hold_members, note_overdrawn
from sync.hq.holds.ending import end_holds
from sync.hq.leases.keeping import lease_documents, put_leases_off
from sync.hq.leases.spending import settle_leases
from sync.hq.members.ledger import enter
from sync.hq.members.publishing import Stores, member_documents, put_copies_off, stores_of
from sync.hq.members.purchases import Purchase, documents_in, purchases_in, put_purchases_off
from sync.hq.payments.keeping import keep_payments
from sync.hq.publications.outbox import put_off
from sync.hq.publications.publishing import Document, LockedScopes
from sync.hq.returns.claiming import write_returns
from sync.hq.returns.sale_came import settle_waiting
from sync.hq.stock_pool.ledger import rows_of as rows_of_movements
from sync.hq.stock_pool.ledger import stock_documents

FAILED: Final = "fact_failed"

_FACTS: Final = ManyRows(fact)
_EXCEPTIONS: Final = ManyRows(fact_exception)
_SALES: Final = ManyRows(sale, columns=tuple(column.name for column in sale.c if column.name != "prices_checked_at"))
_LINES: Final = ManyRows(sale_line)
_TENDERS: Final = ManyRows(tender)
_PROMOTIONS: Final = ManyRows(sale_promotion)
_DRAWERS: Final = ManyRows(drawer_entry)

REFUSED_BY_DATABASE: Final = (IntegrityError, DataError, UnicodeError, OverflowError)


@dataclass(slots=True)
class Judged:
    """A line with what it comes to; no effects: it is quarantined."""

    line: Arrived
    effects: Effects | None
    troubles: list[Trouble] = field(default_factory=list)

    def quarantine(self, trouble: Trouble) -> None:
        """Give it up."""
        self.effects, self.troubles = None, [trouble]

    def all_troubles(self) -> list[Trouble]:
        """List what is wrong with it."""
        if self.effects is None:
            return self.troubles
        parts = (self.effects.came_back, self.effects.payments)
        found = [trouble for part in parts if part is not None for trouble in part.troubles]
        return [*self.troubles, *self.effects.troubles, *found]

    def about(self, register: "Register") -> About:
        """Say what its exceptions are about."""
        receipt = None if self.effects is None else self.effects.receipt
        return About(register.device, register.store, self.line.position, receipt)


@dataclass(frozen=True, slots=True)
class Register:
    """Whose facts they are."""

    device: str
    store: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """Whose facts are applied, and when."""

    register: Register
    now: Instant


@dataclass(frozen=True, slots=True)
class Changed:
    """What registers should hear of: SKUs whose stock moved, coupons that are spent or may be again, members who have
    something else now (with their stores), leases that are another now, exceptions that were made or settled.
    """

    skus: frozenset[str]
    coupons: CouponsMoved
    members: Stores
    leases: Sequence[AnyRow] = ()
    exceptions: Sequence[Document] = ()
    purchases: Sequence[Purchase] = ()


async def apply(
    writer: Writer, occasion: Occasion, lines: Sequence[Arrived], *, known: KnownGoods, singly: bool
) -> Changed:
    """Store new facts and apply them: all at once, or one by one when the database has refused one of them."""
    register, now = occasion.register, occasion.now
    judged = [judge(line, register) for line in lines]
    batch = [one.effects for one in judged if one.effects is not None]
    await known.note_strangers(writer, batch)
    members = await hold_members(writer, batch)
    await note_codes(writer, batch)
    if singly:
        for one in judged:
            await apply_alone(writer, one)
        batch = []
    await _write(writer, batch, [_fact_row(one, register, now) for one in judged])
    changed = await changed_by(writer, judged, members, occasion)
    troubled = [row for one in judged for row in rows_of(one.about(register), one.all_troubles(), now)]
    await writer.add(_EXCEPTIONS, troubled)
    return replace(changed, exceptions=[*changed.exceptions, *map(document_of, troubled)])


async def changed_by(writer: Writer, judged: Sequence[Judged], members: Stores, occasion: Occasion) -> Changed:
    """Spend the coupons and leases of what was applied, find who spent points that were not there; tell what moved."""
    applied = [one.effects for one in judged if one.effects is not None]
    await note_overdrawn(writer, applied)
    refused = [one.line.position for one in judged if one.effects is None]
    leases = await settle_leases(writer, occasion.register.device, applied, occasion.now, refused=refused)
    coupons = await move_coupons(writer, applied)
    await end_holds(writer, occasion.register.device, applied, occasion.now)
    sold = [effects.sale["id"] for effects in applied if effects.sale is not None]
    settled = await settle_waiting(writer, sold, occasion.now)
    moved = frozenset(movement.sku for effects in applied for movement in effects.movements)
    changed = dict(members)
    changed |= await stores_of(writer, {row.key for row in leases} - changed.keys())
    return Changed(moved, coupons, changed, leases, settled, purchases=purchases_in(applied))


async def tell(writer: Writer, store: str, changed: Changed, more: Sequence[Document], *, now: Instant) -> None:
    """Publish what changed to the store, and note what other stores should hear. Takes the transaction's last lock."""
    scope = f"store:{store}"
    await put_others_off(writer, changed.coupons.gone, scope)
    again = await again_documents(writer, changed.coupons.again, scope) if changed.coupons.again else []
    exceptions = [document for document in changed.exceptions if document.scope == scope]
    await put_off(writer, [document for document in changed.exceptions if document.scope != scope])
    await put_copies_off(writer, changed.members, store)
    await put_purchases_off(writer, changed.purchases, changed.members, store)
    await put_leases_off(writer, [row for row in changed.leases if row.store != store])
    if not (changed.skus or changed.coupons.gone or again or changed.members or exceptions or more):
        return
    locked = await LockedScopes.lock(writer, [scope])
    applied = await applied_at(writer, store)
    documents = [*more, *exceptions, *again, *await stock_documents(writer, store, changed.skus, applied)]
    documents += await member_documents(writer, store, changed.members, applied)
    documents += documents_in(changed.purchases, store, changed.members)
    documents += await lease_documents(writer, store, [row.id for row in changed.leases], applied)
    await locked.publish([*documents, *await gone_documents(writer, changed.coupons.gone, scope)], now)


def judge(line: Arrived, register: Register) -> Judged:
    """Read a line. A fact on which our own code fails is kept like one that it cannot read."""
    if line.fact is None:
        return Judged(line, None, [Trouble(line.trouble, {})])
    try:
        return Judged(line, effects_of(meaning(line.fact), register.store))
    except CannotApply as cannot:
        return Judged(line, None, [Trouble(cannot.code, cannot.details)])
    except Refusal as unreadable:
        return Judged(line, None, [Trouble(unreadable.code, unreadable.details)])
    except Exception as error:  # noqa: BLE001 — the edge at which one fact's failure is kept from those behind it
        return Judged(line, None, [Trouble(FAILED, {"error": type(error).__name__})])


async def apply_alone(writer: Writer, one: Judged) -> None:
    """Apply a fact by itself; one that the database refuses is given up."""
    if one.effects is None:
        return
    try:
        async with writer.savepoint():
            await _write(writer, [one.effects])
    except REFUSED_BY_DATABASE as error:
        one.quarantine(Trouble(FAILED, {"error": type(error).__name__}))


async def _write(writer: Writer, batch: Sequence[Effects], facts: Rows = ()) -> None:
    await writer.add_together(
        (_SALES, [effects.sale for effects in batch if effects.sale is not None]),
        (_LINES, [row for effects in batch for row in effects.lines]),
        (_TENDERS, [row for effects in batch for row in effects.tenders]),
        (_DRAWERS, [effects.drawer for effects in batch if effects.drawer is not None]),
        (_PROMOTIONS, [row for effects in batch for row in effects.promotions]),
        *rows_of_movements([movement for effects in batch for movement in effects.movements]),
        (_FACTS, facts),
    )
    await keep_payments(writer, [effects.payments for effects in batch if effects.payments is not None])
    await _write_returns(writer, [effects for effects in batch if effects.came_back is not None])
    await enter(writer, [entry for effects in batch for entry in effects.entries])


async def _write_returns(writer: Writer, batch: Sequence[Effects]) -> None:
    backs = [effects.came_back for effects in batch if effects.came_back is not None]
    for effects, back, counted in zip(batch, backs, await write_returns(writer, backs), strict=True):
        effects.entries = back.entries(counted)


def _fact_row(one: Judged, register: Register, now: Instant) -> dict[str, Any]:
    line = one.line
    return {
        "device": register.device,
        "epoch": line.position.epoch,
        "seq": line.position.seq,
        "hash": line.hash,
        "canonical": line.canonical,
        "kind": "" if line.fact is None else line.fact.kind,
        "at": "" if line.fact is None else line.fact.at,
        "state": "quarantined" if one.effects is None else "applied",
        "received_at": now,
    }
