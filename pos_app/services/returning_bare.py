"""What goods without a receipt are worth: the lowest that they cost here of late, by the price list or by what this
register sold them at. So nobody gains by leaving a receipt at home. Knows no window.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pos_app.domain.bare_return import bare_sale, with_goods
from pos_app.domain.codes import MisreadCode, SignedCode, decode
from pos_app.domain.errors import Refusal
from pos_app.domain.ids import Sku
from pos_app.domain.instants import instant_of
from pos_app.domain.money import Fen
from pos_app.domain.quantity import ONE
from pos_app.domain.returned import KnownSale
from pos_app.domain.sale import Place
from pos_app.services.ports import Clock, Journal, Replica

OF_LATE: Final = timedelta(days=30)
SALES_LOOKED_THROUGH: Final = 500


@dataclass(frozen=True, slots=True)
class BareReturns:
    """Goods that are brought without a receipt. Used from the counter's one worker thread only."""

    journal: Journal
    replica: Replica
    clock: Clock
    place: Place

    def begin(self) -> KnownSale:
        """Give a sale with nothing in it yet."""
        return bare_sale(self.place.store)

    def add(self, sale: KnownSale, code: str) -> KnownSale:
        """Add the goods with a code; raise ``Refusal`` with ``code_unknown``, ``no_price`` or ``bare_too_many``."""
        read = decode(code)
        found = None if isinstance(read, MisreadCode | SignedCode) else self.replica.by_code(read.key)
        if found is None:
            raise Refusal("code_unknown", text=code)
        return with_goods(sale, found, self._lowest(found.product.sku))

    def _lowest(self, sku: Sku) -> Fen:
        prices = [*self._listed(sku), *self._sold(sku)]
        if not prices:
            raise Refusal("no_price", sku=sku)
        return Fen(min(prices))

    def _listed(self, sku: Sku) -> Iterator[int]:
        now = self.clock.now()
        since, until = instant_of(now - OF_LATE), instant_of(now)
        here = {"chain", f"zone:{self.place.zone}", f"store:{self.place.store}"}
        rows = self.replica.rulebook().prices.get(sku, ())
        self.replica.rest()
        for row in rows:
            held = (row.starts is None or row.starts <= until) and (row.ends is None or row.ends > since)
            if held and row.scope in here and row.channel != "online":
                yield row.amount

    def _sold(self, sku: Sku) -> Iterator[int]:
        since = (self.clock.now() - OF_LATE).date().isoformat()
        for fact in self.journal.recent_sales(SALES_LOOKED_THROUGH):
            if fact.body["business_date"] < since:
                return
            for line in fact.body["lines"]:
                if line["sku"] == sku:
                    yield line["net"] * ONE // line["quantity"]
