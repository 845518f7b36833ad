"""Coupons spent by sales: each by the first sale that headquarters hears of, the others are exceptions. And given back
by returns: then it may be spent again.

A spent coupon is gone at once from the registers of its own store, and soon from those of the others; so does one that
was given back come. A return may come before the sale whose coupon it gives back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, select, update

from pos_app.domain.facts import Position
from sync.hq.coupons.importing import ISSUED, SPENT, WITHDRAWN, Touched, coupon_documents
from sync.hq.db.database import Reader, Writer
from sync.hq.db.returns_schema import coupon_return
from sync.hq.db.rights_schema import coupon_use
from sync.hq.db.schema import coupon, fact_exception, publication, publication_due
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.effects import Effects
from sync.hq.publications.outbox import put_off
from sync.hq.publications.publishing import Document
from sync.hq.returns.reading import CameBack
from sync.hq.stock_pool.ledger import source_of
from sync.protocol.topics import COUPON


@dataclass(frozen=True, slots=True)
class CouponsMoved:
    """Coupons that are gone from registers by a batch of facts, and those that are there again."""

    gone: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Books:
    """The coupons that a batch names, as they are in the course of it."""

    known: dict[str, dict[str, Any]]
    given_back: set[tuple[str, str]]
    """Coupons and the sales that gave them back, maybe before they came themselves."""
    moved: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    """Those of which registers should hear that they are, or still are, free: they have pending amounts of them."""
    uses: list[dict[str, Any]] = field(default_factory=list)
    returns: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: set[tuple[str, str]] = field(default_factory=set)
    """Coupons that were withdrawn, and the sales that spent them nevertheless."""

    def spend(self, name: str, sale: Mapping[str, Any]) -> Trouble | None:
        """Let a sale spend a coupon; say what is wrong with it. One that it gave back before it came spends nothing."""
        row = self.known.get(name)
        if (name, sale["id"]) in self.given_back:
            self.uses.append(_use(name, sale, accepted=False))
            self.told.add(name)
            return None
        accepted = row is not None and row["state"] != SPENT
        trouble = _trouble(name, row, sale["id"])
        self.uses.append(_use(name, sale, accepted=accepted))
        if row is not None and accepted:
            if row["state"] == WITHDRAWN:
                self.withdrawn.add((name, sale["id"]))
            row.update({field: sale[of] for field, of in _BY.items()}, state=SPENT)
            self.moved.add(name)
        return trouble

    def give_back(self, name: str, back: CameBack) -> None:
        """Let a return give a coupon back; one that another sale spent stays spent, and one that was
        withdrawn before it was spent is withdrawn again.
        """
        if (name, back.sale) in self.given_back:
            return
        self.given_back.add((name, back.sale))
        self.returns.append({"coupon": name, "sale": back.sale, "source": back.source})
        self.told.add(name)
        row = self.known.get(name)
        if row is not None and row["state"] == SPENT and row["sale"] == back.sale:
            state = WITHDRAWN if (name, back.sale) in self.withdrawn else ISSUED
            row.update(dict.fromkeys(_BY), state=state)
            self.moved.add(name)


_BY: Final = {"sale": "id", "store": "store", "receipt": "receipt"}
"""Which columns of a coupon say what of the sale that spent it."""
_WITHDRAWN_CODE: Final = "coupon_withdrawn"


async def move_coupons(writer: Writer, batch: Sequence[Effects]) -> CouponsMoved:
    """Spend and give back the coupons of applied sales and returns, in their order; add a trouble to each sale whose
    coupon was not its to spend.
    """
    named = {name for effects in batch for name in (*effects.coupons, *_returned(effects))}
    if not named:
        return CouponsMoved()
    locked = select(coupon).order_by(coupon.c.id).with_for_update()
    known = {row.id: row._asdict() for row in await writer.rows_in(locked, coupon.c.id, named)}
    back = await writer.rows_in(select(coupon_return), coupon_return.c.coupon, named)
    books = _Books(known, {(row.coupon, row.sale) for row in back})
    books.withdrawn |= await _spent_though_withdrawn(writer, {name for effects in batch for name in _returned(effects)})
    for effects in batch:
        if effects.sale is not None:
            troubles = [books.spend(name, effects.sale) for name in effects.coupons]
            effects.troubles += [trouble for trouble in troubles if trouble is not None]
        if effects.came_back is not None:
            for name in _returned(effects):
                books.give_back(name, effects.came_back)
    await _write(writer, books)
    return CouponsMoved(
        gone=frozenset(name for name in books.moved if known[name]["state"] == SPENT),
        again=frozenset(name for name in books.told & known.keys() if known[name]["state"] == ISSUED),
    )


async def _spent_though_withdrawn(reader: Reader, names: Iterable[str]) -> set[tuple[str, str]]:
    """Find the sales that spent a coupon which was withdrawn: they were told so, in an exception of their fact."""
    uses = await reader.rows_in(select(coupon_use).where(coupon_use.c.accepted), coupon_use.c.coupon, names)
    found = set()
    for use in uses:
        device, epoch, seq = use.source.rsplit(":", 2)
        told = select(fact_exception.c.details).where(
            fact_exception.c.device == device,
            fact_exception.c.epoch == int(epoch),
            fact_exception.c.seq == int(seq),
            fact_exception.c.code == _WITHDRAWN_CODE,
        )
        if any(msgspec.json.decode(row.details)["coupon"] == use.coupon for row in await reader.rows(told)):
            found.add((use.coupon, use.sale))
    return found


async def _write(writer: Writer, books: _Books) -> None:
    await writer.execute(
        update(coupon)
        .where(coupon.c.id == bindparam("row"))
        .values(state=bindparam("now"), **{field: bindparam(f"by_{field}") for field in _BY}),
        [
            {"row": name, "now": books.known[name]["state"]}
            | {f"by_{field}": books.known[name][field] for field in _BY}
            for name in sorted(books.moved)
        ],
    )
    await writer.execute(coupon_use.insert(), books.uses)
    await writer.execute(coupon_return.insert(), books.returns)


def _returned(effects: Effects) -> list[str]:
    back = effects.came_back
    return [] if back is None else list(dict.fromkeys(each.id for each in back.body.coupons))


def _use(name: str, sale: Mapping[str, Any], *, accepted: bool) -> dict[str, Any]:
    source = source_of(sale["device"], Position(sale["epoch"], sale["seq"]))
    said = {field: sale[field] for field in ("store", "receipt", "at")}
    return {"coupon": name, "source": source, "sale": sale["id"], "accepted": accepted} | said


def _trouble(name: str, row: dict[str, Any] | None, sale: str) -> Trouble | None:
    if row is None:
        return Trouble("coupon_unknown", {"coupon": name})
    if row["state"] == SPENT and row["sale"] != sale:
        return Trouble("coupon_spent", {"coupon": name, "store": row["store"], "receipt": row["receipt"]})
    return Trouble(_WITHDRAWN_CODE, {"coupon": name}) if row["state"] == WITHDRAWN else None


async def put_others_off(writer: Writer, gone: Iterable[str], own_scope: str) -> None:
    """Note that coupons which are gone must go from other stores' registers too, also where they are still to come."""
    await writer.execute(
        update(publication_due)
        .where(publication_due.c.topic == COUPON, publication_due.c.key == bindparam("gone"))
        .values(body=None),
        [{"gone": name} for name in sorted(gone)],
    )
    rows = await writer.rows_in(_standing().where(publication.c.scope != own_scope), publication.c.key, gone)
    await put_off(writer, [Document(row.scope, COUPON, row.key, None) for row in rows])


async def again_documents(writer: Writer, again: Iterable[str], own_scope: str) -> list[Document]:
    """Compose the coupons that may be spent again, for their stores; give those of a scope, put the others off."""
    wanted = await coupon_documents(writer, Touched(frozenset(again), frozenset(), everybodys=False))
    documents = [Document(scope, each.topic, each.key, body) for each in wanted for scope, body in each.bodies.items()]
    await put_off(writer, [document for document in documents if document.scope != own_scope])
    return [document for document in documents if document.scope == own_scope]


async def gone_documents(reader: Reader, gone: Iterable[str], scope: str) -> list[Document]:
    """Say which of these coupons must go from a scope."""
    rows = await reader.rows_in(_standing().where(publication.c.scope == scope), publication.c.key, gone)
    return [Document(scope, COUPON, row.key, None) for row in rows]


def _standing() -> Any:  # noqa: ANN401 — SQLAlchemy's own type of a question for two columns
    return (
        select(publication.c.scope, publication.c.key)
        .where(publication.c.topic == COUPON, publication.c.body.is_not(None))
        .order_by(publication.c.scope, publication.c.key)
    )
