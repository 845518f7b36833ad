"""A cashier at a simulated counter: does what the use cases offer, and remembers what was seen.

The memory outlives the register's processes, as a person's does.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from pos_app.domain.basket import Basket
from pos_app.domain.errors import Breakdown, Refusal
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.proving.simulate.books import Book, ToldSale, meant
from pos_app.proving.simulate.chain import CASHIER, PIN
from pos_app.proving.simulate.invariants.leases import check_spent_offline
from pos_app.proving.simulate.register.counter import Counter
from pos_app.proving.simulate.register.register import SimulatedRegister
from pos_app.proving.simulate.world import Broken, World, broken
from pos_app.services.basket_pricing import BasketView
from pos_app.services.returning import CompletedReturn
from pos_app.services.selling import CompletedSale

NO_ROOM: Final = frozenset({"disk_full", "disk_failing", "file_locked"})
"""How a counter says that the disk has no room; a file is locked where a reader stays in the way of what is owed."""
T = TypeVar("T")


@dataclass(slots=True)
class Cashier:
    """Someone at a counter that is open."""

    world: World
    register: SimulatedRegister
    counter: Counter

    @property
    def book(self) -> Book:
        """What is remembered here."""
        return self.world.books[self.register.name]

    def sign_in(self) -> None:
        """Sign in."""
        self._do("sign in", lambda: self.counter.open.signing_in.sign_in(CASHIER, PIN))
        self.world.follow(self.register)

    def ring(self, what: str, verb: Callable[[], BasketView]) -> BasketView | None:
        """Change the basket; None where it was refused."""
        view = self._do(what, verb)
        if view is not None:
            self.book.basket = view.basket if view.basket.lines or view.basket.member else None
        return view

    def pay(self, payable: Fen) -> CompletedSale | None:
        """Take the money."""
        selling, began_us = self.counter.open.selling, self.world.timeline.now_us
        done = self._do("pay", lambda: selling.complete_with_cash(payable, OperatorId(CASHIER), told=payable))
        if done is None:
            return None
        self.book.told.append(ToldSale(done.sale.id, str(done.sale.receipt), done.sale.quote.payable))
        self.book.basket = None
        self.world.follow(self.register)
        if done.sale.id not in self.book.sales_at:
            broken(
                "no_sale_forgotten", f"{self.register.name}: {done.sale.receipt} was printed and is not in the journal"
            )
        if self.counter.line_down_since(began_us):
            at = self.book.sales_at[done.sale.id]
            fact = next(stored for stored in reversed(self.book.facts) if stored.position == at)
            check_spent_offline(self.register.name, meant(fact))
        return done

    def give_back(self, what: str, verb: Callable[[], CompletedReturn | None]) -> None:
        """Take goods back, or void a sale."""
        done = self._do(what, verb)
        self.world.follow(self.register)
        if done is None:
            return
        receipts = {fact.body["receipt"] for fact in self.book.returns()}
        if str(done.returned.receipt) not in receipts:
            broken("no_sale_forgotten", f"{self.register.name}: {done.returned.receipt} was paid back and is not kept")

    def clear(self) -> None:
        """Throw the basket away."""
        self.ring("clear", self.counter.open.selling.clear)

    def basket(self) -> Basket | None:
        """Tell what was seen in the basket last."""
        return self.book.basket

    def _do(self, what: str, verb: Callable[[], T]) -> T | None:
        book, refused = self.book, self.register.room.refused
        sold = frozenset(book.baskets)
        book.busy = what
        try:
            result = verb()
        except Breakdown as breakdown:
            self._refused_by_disk(what, breakdown, refused)
            self._nothing_is_kept(what, sold)
            book.busy = ""
            return None
        except Refusal as refusal:
            self.world.trace.note(self.register.name, f"{what} refused", refusal.code)
            book.busy = ""
            return None
        except Exception as error:
            raise Broken("counter_never_breaks", f"{self.register.name}: {what}: {error!r}") from error
        try:
            self.counter.sync()
        except Breakdown as breakdown:
            self._refused_by_disk("sync", breakdown, refused)
        # Killed before this line, the cashier does not know what came of it.
        book.busy = ""
        return result

    def _refused_by_disk(self, what: str, error: Breakdown, refused: int) -> None:
        """Hear that the disk has no room, or had none when what is owed it was written."""
        room, name = self.register.room, self.register.name
        if room.refused == refused and not (room.refused and error.code == "file_locked"):
            raise Broken("counter_never_breaks", f"{name}: {what}: {error!r}") from error
        if error.code not in NO_ROOM:
            broken("full_disk_is_told", f"{name}: {what}: {error!r}")
        self.register.witness.failed(self.register, what, error)

    def _nothing_is_kept(self, what: str, sold: frozenset[str]) -> None:
        """Hold the journal against what was in the basket before the disk refused.

        ``sold`` was so before: a disk put back brings a basket to life again that was sold already.
        """
        self.world.follow(self.register)
        remembered = self.book.basket
        if remembered is not None and remembered.id in self.book.baskets and remembered.id not in sold:
            broken("refused_leaves_nothing", f"{self.register.name}: {what} was refused, and {remembered.id} is sold")
        kept = self.counter.open.journal.open_basket()
        if kept is not None and not kept.lines and kept.member is None:
            kept = None
        if written(kept) != written(remembered):
            broken("refused_leaves_nothing", f"{self.register.name}: {what} was refused: {remembered}, now {kept}")


def written(basket: Basket | None) -> str | None:
    """Write a basket as the journal does, for which a tuple and a list are the same.

    What its member may spend is left out: it is looked up again and again, and a disk may refuse what comes behind it.
    """
    if basket is None:
        return None
    member = None if basket.member is None else basket.member.id
    return json.dumps({**basket.document(), "member": member}, ensure_ascii=False)


def sign_in(world: World, register: SimulatedRegister, counter: Counter) -> None:
    """Let a cashier sign in."""
    Cashier(world, register, counter).sign_in()
