"""Price rows in an import: set or deleted by id, each published into its own scope at once.

When a row takes effect is for the registers to tell by its instants; nothing here asks for the time of day.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from sqlalchemy import bindparam, update

from pos_app.domain.errors import Refusal
from pos_app.domain.money import MAX_FEN, Fen, parse_yuan
from sync.hq.db.database import Writer
from sync.hq.db.schema import price
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import Word, check_span, once_only
from sync.hq.publications.publishing import Wanted, body_text
from sync.protocol.topics import PRICE, PriceBody


class PriceRow(msgspec.Struct, frozen=True):
    """A price row as it is sent. With ``delete`` only the id counts."""

    id: Word
    sku: Annotated[str, msgspec.Meta(max_length=100)] = ""
    kind: Literal["base", "campaign", "member", "lot", ""] = ""
    amount: Annotated[int, msgspec.Meta(ge=0, le=MAX_FEN)] | None = None
    amount_yuan: str | None = None
    """The same in yuan, ``12.50``: one of the two is given."""
    scope: Word = "chain"
    channel: Literal["all", "store", "online"] = "all"
    starts: str | None = msgspec.field(default=None, name="from")
    ends: str | None = msgspec.field(default=None, name="to")
    tiers: tuple[Word, ...] = ()
    lot: str | None = None
    delete: bool = False

    def fen(self) -> Fen:
        """Give the price in fen; raise ``Refusal`` when it is in yuan and cannot be read."""
        if self.amount is not None:
            return Fen(self.amount)
        amount = parse_yuan(self.amount_yuan or "")
        if amount < 0:
            raise Refusal("money_range", text=self.amount_yuan)
        return amount

    def body(self) -> PriceBody:
        """Give the document that registers get."""
        if not self.kind:
            raise AssertionError("a price row was checked before")
        return PriceBody(
            id=self.id,
            sku=self.sku,
            kind=self.kind,
            amount=self.fen(),
            scope=self.scope,
            channel=self.channel,
            starts=self.starts,
            ends=self.ends,
            tiers=self.tiers,
            lot=self.lot,
        )


def check_prices(rows: Sequence[ReadRow[PriceRow]], known: Known, mistakes: Mistakes) -> None:
    """Check price rows."""
    once_only(rows, "id", lambda row: row.id, mistakes)
    scopes = known.scopes
    for row in rows:
        if row.value.delete:
            if row.value.id not in known.prices:
                mistakes.add(row, "id", "there is no such price row to delete", row.value.id)
            continue
        _check_set(row, known, scopes, mistakes)


def _check_set(row: ReadRow[PriceRow], known: Known, scopes: set[str], mistakes: Mistakes) -> None:
    value = row.value
    if not value.sku:
        mistakes.add(row, "sku", "is missing")
    elif value.sku not in known.skus:
        mistakes.add(row, "sku", "there is no such product", value.sku)
    if not value.kind:
        mistakes.add(row, "kind", "is missing: base, campaign, member or lot")
    _check_amount(row, mistakes)
    if value.scope not in scopes:
        mistakes.add(row, "scope", "is no scope here: chain, zone:<id> or store:<id> of a known place", value.scope)
    if (value.kind == "lot") != bool(value.lot):
        mistakes.add(row, "lot", "goes with the kind lot, and with no other", value.lot or "")
    if value.tiers and value.kind != "member":
        mistakes.add(row, "tiers", "go with the kind member only", ";".join(value.tiers))
    check_span(row, ("from", value.starts), ("to", value.ends), mistakes)


def _check_amount(row: ReadRow[PriceRow], mistakes: Mistakes) -> None:
    value = row.value
    if (value.amount is None) == (value.amount_yuan is None):
        missing = value.amount is None
        mistakes.add(row, "amount", "is missing" if missing else "stands beside amount_yuan: give one of them")
        return
    try:
        value.fen()
    except Refusal:
        mistakes.add(row, "amount_yuan", "is no amount in yuan, such as 12.50", value.amount_yuan)


async def write_prices(writer: Writer, rows: Sequence[ReadRow[PriceRow]]) -> list[Wanted]:
    """Write price rows; say what should be published of them."""
    gone = [row.value.id for row in rows if row.value.delete]
    bodies = {row.value.id: row.value.body() for row in rows if not row.value.delete}
    insert = writer.insert(price)
    newest = {name: insert.excluded[name] for name in ("sku", "scope", "document", "deleted")}
    texts = {name: body_text(body) for name, body in bodies.items()}
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_=newest),
        [
            {"id": name, "sku": body.sku, "scope": body.scope, "document": texts[name], "deleted": False}
            for name, body in bodies.items()
        ],
    )
    away = update(price).where(price.c.id == bindparam("row")).values(deleted=True)
    await writer.execute(away, [{"row": name} for name in gone])
    return [
        *(Wanted(PRICE, name, {body.scope: texts[name]}) for name, body in bodies.items()),
        *(Wanted(PRICE, name, {}) for name in gone),
    ]
