"""Coupons spent by sales: each by the first sale that headquarters hears of, the others are exceptions.

A spent coupon is gone at once from the registers of its own store, and soon from those of the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from pos_app.domain.facts import Position
from sync.hq.coupons.importing import SPENT, WITHDRAWN
from sync.hq.db.database import Reader, Writer
from sync.hq.db.rights_schema import coupon_use
from sync.hq.db.schema import coupon, publication, publication_due
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.effects import Effects
from sync.hq.publications.publishing import Document
from sync.hq.stock_pool.ledger import source_of
from sync.protocol.topics import COUPON


async def spend(writer: Writer, batch: Sequence[Effects]) -> frozenset[str]:
    """Spend the coupons of applied sales, in their order; add a trouble to each sale whose coupon was not its to spend.

    Gives the coupons that are gone by it.
    """
    named = {name for effects in batch for name in effects.coupons}
    if not named:
        return frozenset()
    locked = select(coupon).order_by(coupon.c.id).with_for_update()
    known = {row.id: dict(row._mapping) for row in await writer.rows_in(locked, coupon.c.id, named)}  # noqa: SLF001 — SQLAlchemy's public name
    spent: list[dict[str, Any]] = []
    uses: list[dict[str, Any]] = []
    for effects in batch:
        if effects.sale is None:
            continue
        for name in effects.coupons:
            row = known.get(name)
            trouble = _trouble(name, row, effects.sale["id"])
            if trouble is not None:
                effects.troubles.append(trouble)
            accepted = row is not None and row["state"] != SPENT
            uses.append(_use(name, effects.sale, accepted=accepted))
            if row is not None and accepted:
                by = {"sale": effects.sale["id"], "store": effects.sale["store"], "receipt": effects.sale["receipt"]}
                row.update(by, state=SPENT)
                spent.append({"row": name, **{f"by_{field}": value for field, value in by.items()}})
    await writer.execute(
        update(coupon)
        .where(coupon.c.id == bindparam("row"))
        .values(state=SPENT, **{field: bindparam(f"by_{field}") for field in ("sale", "store", "receipt")}),
        spent,
    )
    await writer.execute(coupon_use.insert(), uses)
    return frozenset(one["row"] for one in spent)


def _use(name: str, sale: Mapping[str, Any], *, accepted: bool) -> dict[str, Any]:
    source = source_of(sale["device"], Position(sale["epoch"], sale["seq"]))
    said = {field: sale[field] for field in ("store", "receipt", "at")}
    return {"coupon": name, "source": source, "sale": sale["id"], "accepted": accepted} | said


def _trouble(name: str, row: dict[str, Any] | None, sale: str) -> Trouble | None:
    if row is None:
        return Trouble("coupon_unknown", {"coupon": name})
    if row["state"] == SPENT and row["sale"] != sale:
        return Trouble("coupon_spent", {"coupon": name, "store": row["store"], "receipt": row["receipt"]})
    return Trouble("coupon_withdrawn", {"coupon": name}) if row["state"] == WITHDRAWN else None


async def put_others_off(writer: Writer, gone: Iterable[str], own_scope: str) -> None:
    """Note that coupons which are gone must go from other stores' registers too."""
    rows = await writer.rows_in(_standing().where(publication.c.scope != own_scope), publication.c.key, gone)
    insert = writer.insert(publication_due)
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["scope", "topic", "key"], set_={"body": insert.excluded.body}),
        [{"scope": row.scope, "topic": COUPON, "key": row.key, "body": None} for row in rows],
    )


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
