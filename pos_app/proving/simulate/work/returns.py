"""Customers bring goods back to the counter that sold them, all or some; and a cashier voids the sale just made."""

from dataclasses import dataclass
from random import Random
from typing import Final

from pos_app.domain.ids import OperatorId
from pos_app.domain.returned import KnownSale, refunding
from pos_app.proving.simulate.chain import CASHIER, MANAGER, MANAGERS_PIN
from pos_app.proving.simulate.register.counter import Counter
from pos_app.proving.simulate.register.register import SimulatedRegister
from pos_app.proving.simulate.work.cashier import Cashier
from pos_app.proving.simulate.world import World
from pos_app.services.approvals import Consent
from pos_app.services.returning import Asked, CompletedReturn

PER_DAY: Final = 4
_MANAGER: Final = Consent(MANAGER, MANAGERS_PIN)


@dataclass(frozen=True, slots=True)
class Returns:
    """Goods that come back, and sales that are voided."""

    name: str = "returns"

    def plan(self, world: World) -> None:
        """Spread them over the days."""
        for register in list(world.registers):
            random = world.chance.stream(self.name, register.name)
            for _ in range(PER_DAY * world.plan.days):
                world.at_counter(register, world.moment(random), _Back(random.getrandbits(64)))


@dataclass(frozen=True, slots=True)
class _Back:
    """A customer with a receipt of this register, or a cashier who was too fast."""

    seed: int

    def __call__(self, world: World, register: SimulatedRegister, counter: Counter) -> None:
        random, cashier = Random(self.seed), Cashier(world, register, counter)
        # A coupon that a customer has again may be spent again: another story.
        sales = [fact for fact in cashier.book.sales() if not any(each["accepted"] for each in fact.body["coupons"])]
        if not sales:
            return
        fact = random.choice(sales[-4:])
        voids = random.random() < 0.3
        cashier.give_back("void" if voids else "return", lambda: _given(random, counter, fact.body["receipt"], voids))


def _given(random: Random, counter: Counter, receipt: str, voids: bool) -> CompletedReturn | None:  # noqa: FBT001 — said by whoever comes
    returning = counter.open.returning
    operator = counter.open.replica.operator(OperatorId(CASHIER))
    sale = returning.find(receipt)
    if operator is None:
        return None
    if voids:
        return returning.void_last(sale, operator, _MANAGER)
    quantities = _some(random, sale)
    told = refunding(sale, quantities).amount
    counter.think(random.randint(0, 10_000_000))
    return returning.give_back(Asked(sale, quantities, "unwanted", told), operator, _MANAGER)


def _some(random: Random, sale: KnownSale) -> dict[int, int]:
    """Choose what comes back: all that is left, or whole pieces of a line."""
    left = sale.left()
    if not left or random.random() < 0.5:
        return left
    line = random.choice(sorted(left))
    pieces = left[line] // 1000
    return {line: 1000 * random.randint(1, pieces)} if pieces else left
