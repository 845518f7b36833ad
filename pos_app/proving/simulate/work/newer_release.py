"""A register of a newer release than headquarters' says what headquarters cannot read yet: it is kept, and nothing
behind it waits.
"""

from dataclasses import dataclass
from typing import Final

from pos_app.domain.consequences import pending_of_fact
from pos_app.domain.facts import Happening
from pos_app.domain.ids import OperatorId, SaleId
from pos_app.domain.sale import FACT_KIND, FACT_VERSION
from pos_app.proving.simulate.books import meant
from pos_app.proving.simulate.chain import CASHIER
from pos_app.proving.simulate.machine.timeline import DAY, MINUTE
from pos_app.proving.simulate.register.counter import Counter
from pos_app.proving.simulate.register.register import SimulatedRegister
from pos_app.proving.simulate.world import World

KIND_TO_COME: Final = "drawer_weighed"


@dataclass(frozen=True, slots=True)
class NewerRelease:
    """Facts of kinds and versions to come."""

    name: str = "newer_release"

    def plan(self, world: World) -> None:
        """Let some registers be ahead of their time."""
        for register in list(world.registers):
            random = world.chance.stream(self.name, register.name)
            for _ in range(random.choice((0, 0, 1, 2)) * world.plan.days):
                chore = random.choice((_say_something_new, _sell_in_a_new_way))
                world.at_counter(register, random.randrange(world.plan.days * DAY // MINUTE) * MINUTE, chore)


def _say_something_new(world: World, register: SimulatedRegister, counter: Counter) -> None:
    at = counter.now().isoformat(timespec="milliseconds")
    counter.open.journal.append(Happening(KIND_TO_COME, 1, at, OperatorId(CASHIER), {"grams": 1200}))
    world.follow(register)


def _sell_in_a_new_way(world: World, register: SimulatedRegister, counter: Counter) -> None:
    """Ring the last sale again as the next release would: its goods leave the stock here at once."""
    book = world.books[register.name]
    sold = [stored for stored in book.facts if stored.position in book.sales_at.values()]
    if not sold:
        return
    last, now = meant(sold[-1]), counter.now()
    journal = counter.open.journal
    sale = SaleId(f"newer-{register.name}-{world.timeline.now_us}")
    receipt = str(journal.next_receipt(now.date()))
    body = {**last.body, "sale": sale, "basket": sale, "receipt": receipt, "business_date": now.date().isoformat()}
    at = now.isoformat(timespec="milliseconds")
    journal.append(Happening(FACT_KIND, FACT_VERSION + 1, at, OperatorId(CASHIER), body), pending_of_fact(last))
    world.follow(register)
