"""People look at what is left: what they see is the confirmed amount and all that this register did since."""

from dataclasses import dataclass
from random import Random

from pos_app.domain.ids import DeviceId, Sku
from pos_app.domain.ledger import stock_key
from pos_app.proving.simulate.chain import OPENING_PIECES, PRODUCTS, sku
from pos_app.proving.simulate.machine.timeline import HOUR, MINUTE
from pos_app.proving.simulate.register.counter import Counter
from pos_app.proving.simulate.register.register import SimulatedRegister
from pos_app.proving.simulate.world import World, broken


@dataclass(frozen=True, slots=True)
class Looks:
    """Somebody looks at the stock now and then."""

    name: str = "looks"

    def plan(self, world: World) -> None:
        """Look all day and all night."""
        for register in list(world.registers):
            random = world.chance.stream(self.name, register.name)
            at_us = random.randint(0, HOUR)
            while at_us < world.plan.minutes * MINUTE:
                world.at_counter(register, at_us, _Look(random.getrandbits(32)))
                at_us += random.randint(MINUTE, 2 * HOUR)


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at some goods."""

    seed: int

    def __call__(self, world: World, register: SimulatedRegister, counter: Counter) -> None:
        for number in Random(self.seed).sample(range(1, PRODUCTS + 1), 3):
            check_amount(world, register, counter, sku(number))


def check_amount(world: World, register: SimulatedRegister, counter: Counter, goods: str) -> None:
    """Hold what a register shows against the books: what came in, less its own sales, less what its base has of others.

    The base and the own facts are read from two files, one after the other, while the sync engine goes on.
    """
    opened, key = counter.open, stock_key(Sku(goods))
    base = opened.replica.confirmed(key)
    if base is None or world.parted(register):
        return
    shown = base.seen_by(DeviceId(register.name), opened.journal.pending_of(key))
    world.follow(register)
    book = world.books[register.name]
    others = sum(
        world.books[name].sold(goods, applied.through, applied.missing)
        for name, applied in base.applied.items()
        if name != register.name
    )
    true = OPENING_PIECES - book.sold(goods) - others
    world.trace.note(register.name, "shows", goods, shown)
    if shown != true:
        pending = [(entry.position.seq, entry.delta) for entry in opened.journal.pending_of(key)]
        broken("amounts_seen", f"{register.name} shows {shown} of {goods}, not {true}: base {base}, pending {pending}")
