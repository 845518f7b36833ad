"""Customers come to the counters all day: a few goods each, some with a card, some who change their mind."""

from dataclasses import dataclass
from random import Random
from typing import Final

from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.pricing.quote import Quote
from pos_app.proving.simulate.chain import CASHIER, FAMOUS, MEMBERS_PER_STORE, PRODUCTS, members_of, sku, weighed
from pos_app.proving.simulate.machine.timeline import DAY, MINUTE, SECOND
from pos_app.proving.simulate.register.counter import Counter
from pos_app.proving.simulate.register.register import SimulatedRegister
from pos_app.proving.simulate.work.cashier import Cashier, sign_in
from pos_app.proving.simulate.work.coupons import any_coupon
from pos_app.proving.simulate.world import CounterWork, World

LONGEST_THOUGHT_US: Final = 40 * SECOND
MOST_CUSTOMERS: Final = 14


@dataclass(frozen=True, slots=True)
class Customers:
    """Sales, from the first scan to the receipt."""

    name: str = "sales"

    def plan(self, world: World) -> None:
        """Let customers come to every counter, every day."""
        for register in list(world.registers):
            self.plan_for(world, register)

    def plan_for(self, world: World, register: SimulatedRegister) -> None:
        """Let customers come to one counter; those of the past do not."""
        random = world.chance.stream(self.name, register.name)
        for day in range(world.plan.days):
            opens_us = day * DAY + random.randint(0, 20 * MINUTE)
            visits = [world.moment(random, day) for _ in range(random.randint(2, MOST_CUSTOMERS))]
            chores: list[tuple[int, CounterWork]] = [(opens_us, sign_in)]
            chores += [(at_us, _Visit(random.getrandbits(64))) for at_us in visits]
            for at_us, chore in chores:
                if at_us >= world.timeline.now_us:
                    world.at_counter(register, at_us, chore)


@dataclass(frozen=True, slots=True)
class _Visit:
    """One customer. What they do is drawn from their own seed."""

    seed: int

    def __call__(self, world: World, register: SimulatedRegister, counter: Counter) -> None:
        random, cashier = Random(self.seed), Cashier(world, register, counter)
        if cashier.basket() is not None and random.random() < 0.5:
            cashier.clear()  # what an earlier customer left behind
        if random.random() < 0.5:
            self._card(random, cashier)
        for _ in range(random.randint(1, 4)):
            counter.think(random.randint(0, LONGEST_THOUGHT_US))
            self._scan(random, cashier)
        basket = cashier.basket()
        if basket is None or not basket.lines:
            return
        counter.think(random.randint(0, LONGEST_THOUGHT_US))
        if random.random() < 0.06:
            cashier.clear()
            return
        self._rights(random, cashier)
        self._pay(random, cashier)

    def _card(self, random: Random, cashier: Cashier) -> None:
        own = members_of(int(cashier.register.name[1:4]))
        card = "CARD" + (FAMOUS if random.random() < 0.4 else own[random.randrange(MEMBERS_PER_STORE)])
        cashier.ring("member", lambda: cashier.counter.open.selling.set_member(card))

    def _rights(self, random: Random, cashier: Cashier) -> None:
        """Present a coupon, pay with points: what is refused is not had."""
        selling = cashier.counter.open.selling
        if random.random() < 0.4:
            code = any_coupon(cashier.world, random)
            cashier.ring("coupon", lambda: selling.present(code))
        basket = cashier.basket()
        if basket is not None and basket.member is not None and random.random() < 0.6:
            cashier.ring("points", selling.redeem_most_points)

    def _scan(self, random: Random, cashier: Cashier) -> None:
        number = random.randint(1, PRODUCTS)
        code = random.choice((sku(number), f"CODE-{number}"))
        selling = cashier.counter.open.selling
        view = cashier.ring("scan", lambda: selling.scan(code, 1))
        if view is None or view.line is None:
            return
        line = view.line
        if weighed(number) or random.random() < 0.1:
            grams = random.randint(1, 9000) if weighed(number) else 1000 * random.randint(1, 6)
            cashier.ring("quantity", lambda: selling.set_quantity(line, grams))
        elif random.random() < 0.05:
            typed = Fen(random.randint(0, 5000))
            cashier.ring("manual price", lambda: selling.set_manual_price(line, typed, "damaged", OperatorId(CASHIER)))
            cashier.world.follow(cashier.register)
        elif random.random() < 0.08:
            cashier.ring("remove", lambda: selling.remove(line))

    def _pay(self, random: Random, cashier: Cashier) -> None:
        for _ in range(3):
            quote = self._quote(cashier)
            if quote is None:
                cashier.clear()
                return
            cashier.counter.think(random.randint(0, LONGEST_THOUGHT_US))
            if cashier.pay(quote.payable) is not None:
                return
        cashier.clear()

    def _quote(self, cashier: Cashier) -> Quote | None:
        """Tell the customer what it costs. Goods whose price went away cannot be sold."""
        view = cashier.ring("view", cashier.counter.open.selling.view)
        return None if view is None or not view.basket.lines else view.quote
