"""Sales without end, each a real one in shape: one basket is rung up by the real services, the others vary its goods.

A sale of the bench names other goods, another receipt and another id than the one rung up; its figures stay as they
were, and so they add up. Knows no line.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any, Final

from pos_app.bootstrap.register import upgrade_journal
from pos_app.domain.facts import Happening
from pos_app.domain.ids import DeviceId, OperatorId, ReceiptNumber
from pos_app.domain.money import Fen
from pos_app.domain.sale import FACT_KIND, FACT_VERSION, pending_of
from pos_app.proving.bench.goods import Goods, prices_of
from pos_app.proving.bench.scene import CASHIER
from pos_app.proving.bench.sync.stage import identity_of
from pos_app.proving.bench.till import Nobody, open_till
from pos_app.store.journal.opening import open_journal
from pos_app.store.register_folder import RegisterFolder

LINES: Final = 8
A_DAY: Final = 1_000
"""Sales of a register on one business date."""
_OPERATOR: Final = OperatorId(CASHIER)
_NOTE: Final = Fen(10_000_00)
_STRIDE: Final = 7919
"""A prime: what is sold lies all over the assortment."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """The sale that was rung up."""

    body: dict[str, Any]
    at: str
    products: int

    def bodies(self, device: DeviceId) -> Iterator[dict[str, Any]]:
        """Sell on and on."""
        goods, first = Goods(), date.fromisoformat(self.body["business_date"])
        numbers = count()
        for turn in count():
            day, number = divmod(turn, A_DAY)
            business_date = first + timedelta(days=day)
            body = deepcopy(self.body)
            body["sale"] = f"{device}-{turn:08d}"
            body["basket"] = f"basket-{device}-{turn:08d}"
            body["receipt"] = str(ReceiptNumber(device, business_date, number + 1))
            body["business_date"] = business_date.isoformat()
            for line in body["lines"]:
                good = goods.good(next(numbers) * _STRIDE % self.products)
                line.update(sku=good.sku, code=good.code, name=good.name, price_id=prices_of(good)[0][1])
            yield body

    def happenings(self, device: DeviceId) -> Iterator[Happening]:
        """Sell on and on, as the journal hears of it."""
        for body in self.bodies(device):
            yield Happening(FACT_KIND, FACT_VERSION, self.at, _OPERATOR, body)


def rung_up(folder: RegisterFolder, products: int) -> Pattern:
    """Ring up the one sale, at a register whose journal is used for nothing else."""
    goods = Goods()
    with open_till(folder, Nobody()) as till:
        for line in range(LINES):
            till.selling.scan(goods.good(line * _STRIDE % products).code)
        sale = till.selling.complete_with_cash(_NOTE, _OPERATOR).sale
    return Pattern(sale.body(), sale.at, products)


def fill_journal(folder: RegisterFolder, happenings: Iterator[Happening], number: int) -> None:
    """Let a register have done so much, each in a transaction of its own as at the counter."""
    journal = open_journal(folder.journal, DeviceId(identity_of(folder).device), upgrade_journal)
    try:
        for _, happening in zip(range(number), happenings, strict=False):
            journal.append(happening, pending_of(happening.body) if happening.kind == FACT_KIND else ())
    finally:
        journal.close()


def notes(at: str) -> Iterator[Happening]:
    """Give small facts that change no ledger, as many as asked for."""
    for turn in count():
        yield Happening("device_note", 1, at, _OPERATOR, {"note": "bench", "turn": turn, "text": "x" * 200})
