"""A simulated world: headquarters, its people, registers, the network between them, and what happens to them.

It joins the parts and hears of everything. What people do is `work`'s, what befalls them `misfortunes`', what must
hold `invariants`'.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final, NoReturn, Protocol

from pos_app.domain.errors import Breakdown, FileDamaged, GranaryError, Refusal
from pos_app.domain.facts import START, Position
from pos_app.proving.simulate.books import Book, Earlier, Past, meant
from pos_app.proving.simulate.chain import BEGINS
from pos_app.proving.simulate.faults import Faults
from pos_app.proving.simulate.hq import driver
from pos_app.proving.simulate.hq.headquarters import SimulatedHq
from pos_app.proving.simulate.line.mishaps import SPEEDS_US, Road
from pos_app.proving.simulate.line.network import Line, Network
from pos_app.proving.simulate.machine.chance import Chance
from pos_app.proving.simulate.machine.fuses import Death
from pos_app.proving.simulate.machine.processes import as_process
from pos_app.proving.simulate.machine.timeline import DAY, HOUR, MINUTE, Timeline
from pos_app.proving.simulate.office import Office
from pos_app.proving.simulate.plan import Plan
from pos_app.proving.simulate.register.counter import Counter
from pos_app.proving.simulate.register.register import SimulatedRegister, Witness
from pos_app.proving.simulate.trace import Trace
from pos_app.store.journal.reading import JournalReader
from sync.client.report import Changed, Status
from sync.protocol.stream import StoredFact

OPEN_US: Final = 13 * HOUR
"""How long shops are open."""
RUSHES: Final = 2
RUSH_US: Final = 12 * MINUTE
MOST_FACTS: Final = 1_000_000


class Watch(Protocol):
    """What must hold while the world runs, looked at whenever something can be seen."""

    def opened(self, register: SimulatedRegister, counter: Counter) -> None:
        """Look at a register that has just opened its files."""
        ...

    def status(self, register: SimulatedRegister, status: Status) -> None:
        """Look at what a sync engine says of itself."""
        ...

    def changed(self, register: SimulatedRegister) -> None:
        """Look at a replica that has just changed."""
        ...


CounterWork = Callable[["World", SimulatedRegister, Counter], None]
OfficeWork = Callable[["World", Office], None]


class Broken(BaseException):
    """An invariant does not hold. Not an ``Exception``: nobody's handler keeps it from ending the run."""

    def __init__(self, invariant: str, detail: str) -> None:
        """Name it, and say what was found."""
        super().__init__(f"{invariant}: {detail}")
        self.invariant = invariant
        self.detail = detail


def broken(invariant: str, detail: str) -> NoReturn:
    """End the run."""
    raise Broken(invariant, detail)


@dataclass(slots=True)
class World:
    """Everything. ``folder`` holds its disks."""

    plan: Plan
    folder: Path
    begins: datetime = BEGINS
    tell: Callable[[str], None] | None = None
    """Hears every line of the trace."""
    timeline: Timeline = field(init=False)
    chance: Chance = field(init=False)
    trace: Trace = field(init=False)
    faults: Faults = field(init=False)
    hq: SimulatedHq = field(init=False)
    network: Network = field(init=False)
    office: Office = field(init=False)
    registers: list[SimulatedRegister] = field(default_factory=list)
    books: dict[str, Book] = field(default_factory=dict)
    watches: list[Watch] = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)
    """What lives of headquarters' database that a backup took back had published."""

    def __post_init__(self) -> None:
        """Stand ready; nothing runs yet."""
        driver.register_driver()
        self.timeline = Timeline(self.begins)
        self.chance = Chance(self.plan.seed)
        self.trace = Trace(self.timeline.now, self.tell)
        self.faults = Faults(self.chance, self.trace, self.plan.without, self.plan.only)
        self.hq = SimulatedHq(
            self.timeline, self.folder / "hq", self.chance, died=self._hq_died, on_bug=self._hq_broke, wrong=broken
        )
        self.network = Network(self.timeline, self.hq, self.trace, self._spins)
        self.office = Office(self.timeline, self.hq, self.trace, self._office_refused)

    def add_register(self, name: str, code: str = "", *, bad: int = 0) -> SimulatedRegister:
        """Put a register into its store; ``bad`` thousandths of its requests meet a mishap."""
        stream = self.chance.stream("road", name)
        road = Road(stream, self.faults, bad, stream.choice(SPEEDS_US))
        witness = Witness(
            self._opened, self._status, self._changed, self._failed, self._broke, self._counter_broke, self._died
        )
        register = SimulatedRegister(
            name,
            self.folder / "registers" / name,
            code,
            self.timeline,
            self.network,
            Line(name, road),
            self.chance,
            witness,
        )
        self.registers.append(register)
        self.books[name] = Book(name.partition("-")[0])
        return register

    def run(self, until_us: int) -> None:
        """Let everything happen up to a moment."""
        self.timeline.run(until_us)

    def moment(self, random: Random, day: int | None = None) -> int:
        """Draw a moment of a day, or of all days: much of what happens, happens in a rush, all over the chain."""
        day = random.randrange(self.plan.days) if day is None else day
        rush = self.chance.stream("rush", day)
        peaks = [rush.randrange(OPEN_US) for _ in range(RUSHES)]
        hurried_us = random.choice(peaks) + random.randint(0, RUSH_US)
        return day * DAY + (hurried_us if random.random() < 0.6 else random.randrange(DAY))

    def at_counter(self, register: SimulatedRegister, at_us: int, chore: CounterWork) -> None:
        """Let a cashier do something at a time, if work still goes on then."""

        def do(counter: Counter) -> None:
            refused = register.room.refused
            try:
                chore(self, register, counter)
            except Breakdown as error:
                if register.room.refused == refused:
                    raise Broken("counter_never_breaks", f"{register.name}: {error!r}") from error
                self._failed(register, "chore", error)
                self.follow(register)
            except Exception as error:
                raise Broken("counter_never_breaks", f"{register.name}: {error!r}") from error

        self.at(at_us, lambda: register.do(do))

    def at_office(self, at_us: int, errand: OfficeWork) -> None:
        """Let headquarters' people do something at a time, if work still goes on then."""
        self.at(at_us, lambda: self.office.do(lambda office: errand(self, office)))

    def at(self, at_us: int, do: Callable[[], None]) -> None:
        """Let something happen at a time, if work still goes on then."""
        if at_us <= self.plan.minutes * MINUTE:
            self.timeline.after(at_us - self.timeline.now_us, do)

    def follow(self, register: SimulatedRegister) -> None:
        """Write down what is new in a register's journal."""
        book = self.books[register.name]
        with as_process(None), closing(JournalReader(register.folder.journal)) as journal:
            if book.past.was_put_back and not _stands_in(journal, book.facts):
                self._write_again(register, journal)
            for stored in journal.after(book.end, MOST_FACTS):
                fact = book.write(stored)
                self.trace.note(register.name, "did", fact.kind, stored.position.seq, stored.hash.hex()[:8])

    def _write_again(self, register: SimulatedRegister, journal: JournalReader) -> None:
        """Write down a chain that goes on elsewhere than the book."""
        book = self.books[register.name]
        dropped = book.write_again(journal.after(START, MOST_FACTS))
        self.trace.note(register.name, "goes on from", book.end)
        if dropped:
            broken("no_sale_forgotten", f"{register.name} went on in another epoch without {dropped[0].position}")

    def put_back(self, register: SimulatedRegister) -> None:
        """Write down that a backup took the place of a register's whole disk: what nobody else has may be lost."""
        book = self.books[register.name]
        with self.hq.look() as database:
            rows = database.execute("SELECT hash FROM fact WHERE device = ?", (register.name,)).fetchall()
        at_hq = {bytes(row["hash"]) for row in rows}
        with as_process(None), closing(JournalReader(register.folder.journal)) as journal:
            dropped = book.write_again(journal.after(START, MOST_FACTS))
        lost = {stored.hash: str(meant(stored).body.get("sale", "")) for stored in dropped if stored.hash not in at_hq}
        book.past = Past(was_put_back=True, parted=True, just_now=True, at_hq=at_hq, lost=lost)
        book.busy, book.seen = "", None

    def parted(self, register: SimulatedRegister) -> bool:
        """Tell whether a chain of a register's store may have parted from headquarters': amounts are not exact then."""
        store = self.books[register.name].store
        return any(book.past.parted for book in self.books.values() if book.store == store)

    def fact_at(self, register: SimulatedRegister, position: Position) -> StoredFact | None:
        """Look up a fact in a register's journal, as it is on the disk."""
        with as_process(None), closing(JournalReader(register.folder.journal)) as journal:
            before = Position(position.epoch, position.seq - 1)
            return next((each for each in journal.after(before, 1) if each.position == position), None)

    def enrolled_in(self, backup: Path) -> set[str]:
        """Tell which registers a backup of headquarters' database knows."""
        with as_process(None), closing(sqlite3.connect(backup / "hq.db")) as database:
            return {name for (name,) in database.execute("SELECT id FROM device")}

    def _opened(self, register: SimulatedRegister, counter: Counter) -> None:
        self.trace.note(register.name, "opens", register.lives)
        for watch in self.watches:
            watch.opened(register, counter)

    def _status(self, register: SimulatedRegister, status: Status) -> None:
        for watch in self.watches:
            watch.status(register, status)

    def _changed(self, register: SimulatedRegister, changed: Changed) -> None:
        self.trace.note(register.name, "sees", *sorted(changed.topics))
        for watch in self.watches:
            watch.changed(register)

    def _failed(self, register: SimulatedRegister, what: str, error: GranaryError) -> None:
        self.trace.note(register.name, f"{what} failed", error.code)
        if isinstance(error, FileDamaged):
            broken("no_file_is_damaged", f"{register.name}: {error}")

    def _broke(self, register: SimulatedRegister, what: str, error: BaseException) -> None:
        raise Broken("engine_never_breaks", f"{register.name}: {what}: {error!r}") from error

    def _counter_broke(self, register: SimulatedRegister, what: str, error: Exception) -> None:
        raise Broken("counter_never_breaks", f"{register.name}: {what}: {error!r}") from error

    def _spins(self, name: str) -> None:
        broken("nothing_spins", f"{name} asks without end")

    def _office_refused(self, refusal: Refusal) -> None:
        broken("office_is_obeyed", str(refusal))

    def _hq_died(self, death: Death) -> None:
        self.trace.note("hq", "died:", "without power" if death.power else "its process")

    def _hq_broke(self, what: str) -> None:
        broken("hq_never_breaks", what)

    def _died(self, register: SimulatedRegister, death: Death) -> None:
        how = "its agent" if death.alone else "without power" if death.power else "its processes"
        self.trace.note(register.name, "died:", how)
        if death.power:
            self.books[register.name].seen = None


def _stands_in(journal: JournalReader, facts: Sequence[StoredFact]) -> bool:
    """Tell whether a chain's end is still in a journal."""
    if not facts:
        return True
    end = facts[-1]
    before = Position(end.position.epoch, end.position.seq - 1)
    return any(each.hash == end.hash for each in journal.after(before, 1))
