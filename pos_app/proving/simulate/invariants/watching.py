"""What must hold at every moment, looked at whenever a register opens or its sync engine speaks."""

from contextlib import closing
from dataclasses import dataclass
from typing import Final

from pos_app.domain.ids import DeviceId
from pos_app.proving.simulate.machine.processes import as_process
from pos_app.proving.simulate.machine.timeline import SECOND
from pos_app.proving.simulate.register.counter import Counter
from pos_app.proving.simulate.register.register import SimulatedRegister
from pos_app.proving.simulate.work.cashier import written
from pos_app.proving.simulate.work.looks import check_amount
from pos_app.proving.simulate.world import World, broken
from pos_app.store.replica.reader import ReplicaReader
from sync.client.health import STALE_S
from sync.client.report import Status

LEEWAY_US: Final = SECOND


@dataclass(frozen=True, slots=True)
class Watching:
    """Fits `Watch`."""

    world: World

    def opened(self, register: SimulatedRegister, counter: Counter) -> None:
        """Whatever it died of, the register still has what was paid, and what was in the basket."""
        self._no_fact_forgotten(register)
        self._basket_survives(register, counter)
        for goods in sorted(
            {sku for moved in list(self.world.books[register.name].moved.values())[-2:] for sku in moved}
        ):
            check_amount(self.world, register, counter, goods)

    def status(self, register: SimulatedRegister, status: Status) -> None:
        """It never says that it is online while nobody has answered for long."""
        well_us = register.line.well_us
        if not status.online:
            return
        silent_us = None if well_us is None else self.world.timeline.now_us - well_us
        if silent_us is None or silent_us > STALE_S * SECOND + LEEWAY_US:
            broken("online_is_honest", f"{register.name} says it is online; the last answer is {silent_us} µs old")

    def changed(self, register: SimulatedRegister) -> None:
        """Of one life of headquarters' database nothing that readers see goes back.

        Unless the power went or the replica with it: it is not synced at each step, and may be lost.
        """
        book = self.world.books[register.name]
        with as_process(None), closing(ReplicaReader(register.folder.replica, DeviceId(register.name))) as replica:
            now = replica.standing()
        before, book.seen = book.seen, now
        if before is None or before.incarnation != now.incarnation:
            return
        if any(now.cursor.get(scope, 0) < rev for scope, rev in before.cursor.items()):
            broken("nothing_goes_back", f"{register.name} showed {dict(before.cursor)}, now {dict(now.cursor)}")

    def _no_fact_forgotten(self, register: SimulatedRegister) -> None:
        book = self.world.books[register.name]
        if book.past.was_put_back:
            self.world.follow(register)
            return
        known = book.facts[-1] if book.facts else None
        there = None if known is None else self.world.fact_at(register, known.position)
        if known is not None and (there is None or there.hash != known.hash):
            broken("no_sale_forgotten", f"{register.name}: {known.position} was in the journal, now it is {there}")
        self.world.follow(register)

    def _basket_survives(self, register: SimulatedRegister, counter: Counter) -> None:
        book = self.world.books[register.name]
        kept = counter.open.journal.open_basket()
        busy, book.busy = book.busy, ""
        remembered, book.basket = book.basket, kept
        if book.past.just_now:
            book.past.just_now = False
            return
        if kept is not None and kept.id in book.baskets and not book.past.was_put_back:
            broken("no_basket_sold_twice", f"{register.name}: {kept.id} was sold and is open again")
        before, now = written(remembered), written(kept)
        if now == before:
            return
        sold = remembered is not None and remembered.id in book.baskets
        if busy == "pay" and sold and kept is None:
            return
        if busy in {"", "pay", "sign in", "view"} or (kept is None and busy not in {"clear", "remove"}):
            broken("baskets_survive", f"{register.name}: doing {busy!r} it had {before}, now it has {now}")
        if remembered is not None and kept is not None and remembered.id != kept.id:
            broken("baskets_survive", f"{register.name}: doing {busy!r} the basket became another")
