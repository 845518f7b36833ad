"""Returns held against their sales and each other: nothing comes back twice, nor more than was sold.

What is back of each sold line is one row, which a return locks while it adds to it: of two registers that give one line
back, whoever comes second is told, and the exception names the first. The goods are in hand and the money is gone, so
stock and drawer count; points, uses and the like count once. A sale that is not here yet may come later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from sync.hq.db.database import AnyRow, Writer
from sync.hq.db.many import ManyRows
from sync.hq.db.returns_schema import return_line, return_tender, returned_line, sale_return
from sync.hq.db.schema import sale, sale_line
from sync.hq.exceptions.keeping import Trouble
from sync.hq.returns.reading import CameBack, ReturnedLine

SALE_UNKNOWN: Final = "return_sale_unknown"

_RETURNS: Final = ManyRows(sale_return)
_LINES: Final = ManyRows(return_line)
_TENDERS: Final = ManyRows(return_tender)
_BACK: Final = ManyRows(
    returned_line,
    "ON CONFLICT (sale, line) DO UPDATE SET quantity = returned_line.quantity + excluded.quantity,"
    " amount = returned_line.amount + excluded.amount",
)

Place = tuple[str, int]
"""A sale and a line of it."""


@dataclass(slots=True)
class _Books:
    """What was sold and what is back, in the course of a batch."""

    sales: Mapping[str, AnyRow]
    sold: Mapping[Place, AnyRow]
    back: dict[Place, tuple[int, int]]
    """Thousandths and fen, before the return that is looked at."""
    first: dict[Place, str]
    returns: Mapping[str, Any]
    """The first returns: their receipts and stores."""

    def hold(self, one: CameBack) -> dict[int, int]:
        """Hold a return against them; tell how much of each line counts, and leave what is wrong with it on it."""
        one.troubles = self._about_sale(one)
        return {line.line: self._line(one, line) for line in one.body.lines}

    def _about_sale(self, one: CameBack) -> list[Trouble]:
        original = one.body.original
        if original is None:
            return []
        known = self.sales.get(one.sale)
        if known is None:
            return [Trouble(SALE_UNKNOWN, {"receipt": original.receipt, "store": original.store})]
        if one.row["kind"] == "void" and known.device != one.row["device"]:
            return [Trouble("void_of_other_register", {"receipt": known.receipt, "register": known.device})]
        return []

    def _line(self, one: CameBack, line: ReturnedLine) -> int:
        place = (one.sale, line.line)
        sold = self.sold.get(place)
        limit = line.sold if sold is None else sold.quantity
        before, given = self.back[place]
        self.back[place] = before + line.quantity, given + line.amount
        if one.sale in self.sales and (sold is None or sold.sku != line.sku):
            one.troubles.append(Trouble("return_line_unknown", {"line": line.line, "sku": line.sku}))
            return line.quantity
        if before + line.quantity > limit:
            one.troubles.append(self._too_much(one, line, place, limit))
        elif sold is not None and given + line.amount > sold.net:
            paid = {"line": line.line, "given": given + line.amount, "paid": sold.net}
            one.troubles.append(Trouble("refund_beyond_paid", paid))
        return max(0, min(line.quantity, limit - before))

    def _too_much(self, one: CameBack, line: ReturnedLine, place: Place, limit: int) -> Trouble:
        first = self.first[place]
        if first == one.body.id:
            return Trouble("returned_beyond_sold", {"line": line.line, "quantity": line.quantity, "sold": limit})
        other = self.returns[first]
        return Trouble("returned_twice", {"line": line.line, "first": other["receipt"], "store": other["store"]})


async def write_returns(writer: Writer, batch: Sequence[CameBack]) -> list[dict[int, int]]:
    """Write returns, and hold them against what is known; for each, tell how much of each line counts."""
    if not batch:
        return []
    await writer.add(_RETURNS, [one.row for one in batch])
    await writer.add(_LINES, [row for one in batch for row in one.lines])
    await writer.add(_TENDERS, [row for one in batch for row in one.tenders])
    books = await _books(writer, batch)
    return [books.hold(one) for one in batch]


async def _books(writer: Writer, batch: Sequence[CameBack]) -> _Books:
    added: dict[Place, tuple[int, int]] = {}
    first: dict[Place, str] = {}
    for one in batch:
        for line in one.body.lines:
            place = (one.sale, line.line)
            quantity, amount = added.get(place, (0, 0))
            added[place] = quantity + line.quantity, amount + line.amount
            first.setdefault(place, one.body.id)
    # Sorted: of two that return the same at once, one waits here for the other.
    await writer.add(
        _BACK,
        [
            {"sale": name, "line": line, "quantity": quantity, "amount": amount, "first": first[name, line]}
            for (name, line), (quantity, amount) in sorted(added.items())
        ],
    )
    named = {one.sale for one in batch}
    back = {
        (row.sale, row.line): row for row in await writer.rows_in(select(returned_line), returned_line.c.sale, named)
    }
    firsts = {row.first for row in back.values()}
    return _Books(
        sales={row.id: row for row in await writer.rows_in(select(sale), sale.c.id, named)},
        sold={(row.sale, row.line): row for row in await writer.rows_in(select(sale_line), sale_line.c.sale, named)},
        back={at: (back[at].quantity - own[0], back[at].amount - own[1]) for at, own in added.items()},
        first={at: back[at].first for at in added},
        returns={
            row.id: {"receipt": row.receipt, "store": row.store}
            for row in await writer.rows_in(select(sale_return), sale_return.c.id, firsts)
        },
    )
