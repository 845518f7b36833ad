"""Finding members among a million cards, and one member's card with coupons and fifty purchases, as the counter asks.

Beside a prepared statement that finds such rows and does nothing with them. No window: that its painting takes is in
the counter's figures.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from pos_app.bootstrap.register import OpenRegister, Surroundings, open_register
from pos_app.devices.clock import SystemClock, TimedIds
from pos_app.domain.receipt import Receipt
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.goods import STORE_SCOPE
from pos_app.proving.bench.ground import INCARNATION, UTC_OFFSET_MINUTES, Ground
from pos_app.proving.bench.spread import Spread, in_turns, timed_ns
from pos_app.services.knowing import MOST_FOUND
from pos_app.services.remembering import MOST_PURCHASES
from pos_app.store.register_folder import RegisterFolder
from pos_app.store.replica.numbered_files import NumberedFiles
from pos_app.store.replica.replica_store import ReplicaStore
from sync.protocol.replica_rows import build_snapshot
from sync.protocol.wire import Change

_WARM_UP: Final = 20
_SURNAMES: Final = tuple(zip("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "wlzlcyzhzwxshzglhgml", strict=True))
_GIVEN: Final = tuple(
    zip("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧", "wfnmjlqljyyyjjtmcxxpggyhh", strict=True)
)
_FIND_GOALS: Final = (Goal("p99", 30_000_000),)
_CARD_GOALS: Final = (Goal("p99", 50_000_000),)
_NAMED: Final = (
    "SELECT body FROM member_name CROSS JOIN document"
    " ON document.topic = 'member' AND document.key = member_name.member AND document.scope = member_name.scope"
)
_BY_DIGITS: Final = f"{_NAMED} WHERE reversed_phone >= ? AND reversed_phone < ? ORDER BY reversed_phone LIMIT ?"
_BY_INITIALS: Final = f"{_NAMED} WHERE initials >= ? AND initials < ? ORDER BY initials LIMIT ?"
_BOUGHT: Final = (
    "SELECT body FROM member_purchase JOIN document"
    " ON document.topic = 'purchase' AND document.key = member_purchase.purchase"
    " WHERE member_purchase.member = ? ORDER BY at DESC LIMIT ?"
)
_SHOPPERS: Final = 200
"""Who bought fifty times; the others have a card and no more."""


@dataclass(frozen=True, slots=True)
class Person:
    """One of the crowd, the same in every run."""

    number: int
    name: str
    initials: str
    phone: str

    @classmethod
    def of(cls, number: int) -> "Person":
        """Give the person with a number."""
        random = Random(number)
        (family, first), (one, second), (other, third) = (random.choice(each) for each in (_SURNAMES, _GIVEN, _GIVEN))
        phone = f"13{(number * 7_919_317 + 12_345) % 10**9:09d}"
        return cls(number, family + one + other, first + second + third, phone)

    def document(self) -> Change:
        """Give the member's document."""
        body: dict[str, object] = {
            "id": f"M{self.number}",
            "name": self.name,
            "initials": self.initials,
            "phone": self.phone,
        }
        body |= {"tier": "gold", "home_store": "S001", "points": self.number % 5000}
        return Change(STORE_SCOPE, self.number + 1, "member", f"M{self.number}", body)

    def belongings(self) -> Iterator[Change]:
        """Give three coupons and fifty purchases of five lines."""
        own = f"M{self.number}"
        for at in range(3):
            key = f"C{self.number}-{at}"
            yield Change(STORE_SCOPE, 1, "coupon", key, {"id": key, "template": "T", "member": own})
        for at in range(MOST_PURCHASES):
            lines = [[f"SKU{line}", 1000, 990, "五常大米 5kg"] for line in range(5)]
            bought = f"P{self.number}-{at}"
            body: dict[str, object] = {"id": bought, "member": own, "channel": "store", "kind": "sale", "store": "S001"}
            body |= {"at": f"2026-{at % 12 + 1:02d}-{at % 28 + 1:02d}T10:00:00+08:00", "amount": 4950, "points": 49}
            yield Change(STORE_SCOPE, 1, "purchase", bought, body | {"lines": lines, "number": f"R{at}"})


class _Nowhere:
    """Where the bench's receipts and facts go."""

    def put(self, receipt: Receipt) -> None:
        """Let it fall."""

    def facts_waiting(self) -> None:
        """Nobody sends them."""


def measure(ground: Ground, runs: int) -> list[Figure]:
    """Measure finding members and showing one."""
    cards = ground.crowd.members
    folder = ground.register("members")
    _fill(folder, cards, ground.say)
    identity = folder.identity()
    if identity is None:
        raise AssertionError("the bench's register is enrolled")
    clock, nowhere = SystemClock(UTC_OFFSET_MINUTES), _Nowhere()
    register = open_register(folder, identity, Surroundings(clock, TimedIds(clock), nowhere, nowhere), background=False)
    files = NumberedFiles(folder.replica)
    uri = f"{files.path(files.named().current or 1).resolve().as_uri()}?mode=ro"
    raw = sqlite3.connect(uri, uri=True, isolation_level=None)
    random = Random(cards)
    people = [Person.of(random.randrange(cards)) for _ in range(runs + _WARM_UP)]
    shoppers = [Person.of(random.randrange(min(cards, _SHOPPERS))) for _ in people]
    try:
        return [_find(way, register, raw, people) for way in _WAYS] + [_card(register, raw, shoppers)]
    finally:
        raw.close()
        register.close()


@dataclass(frozen=True, slots=True)
class _Way:
    """What is typed, and the one statement that would do."""

    what: str
    typed: Callable[[Person], str]
    statement: str
    asked: Callable[[str], str]


_WAYS: Final = (
    _Way("by the last 4 digits", lambda who: who.phone[-4:], _BY_DIGITS, lambda typed: typed[::-1]),
    _Way("by initials", lambda who: who.initials, _BY_INITIALS, lambda typed: typed),
    _Way("by the first initial", lambda who: who.initials[:1], _BY_INITIALS, lambda typed: typed),
    _Way(
        "by digits and name",
        lambda who: f"{who.phone[-4:]} {who.name[:2]}",
        _BY_DIGITS,
        lambda typed: typed[:4][::-1],
    ),
)


def _find(way: _Way, register: OpenRegister, raw: sqlite3.Connection, people: list[Person]) -> Figure:
    def ours(turn: int) -> int:
        text = way.typed(people[turn])
        return timed_ns(lambda: register.knowing.find(text))

    def floor(turn: int) -> int:
        asked = way.asked(way.typed(people[turn]))
        parameters = (asked, asked + "\U0010ffff", MOST_FOUND + 1)
        return timed_ns(lambda: raw.execute(way.statement, parameters).fetchall())

    return _figure(f"member {way.what}", (ours, floor), len(people), _FIND_GOALS)


def _card(register: OpenRegister, raw: sqlite3.Connection, people: list[Person]) -> Figure:
    def show(code: str) -> None:
        member = register.knowing.scanned(code)
        if member is None:
            raise AssertionError("the bench asks for members who are there")
        register.knowing.card(member)
        register.remembering.of(member)

    def ours(turn: int) -> int:
        return timed_ns(lambda: show(people[turn].phone))

    def floor(turn: int) -> int:
        parameters = (f"M{people[turn].number}", MOST_PURCHASES)
        return timed_ns(lambda: raw.execute(_BOUGHT, parameters).fetchall())

    return _figure("member card with 50 purchases", (ours, floor), len(people), _CARD_GOALS)


def _figure(
    what: str, ways: tuple[Callable[[int], int], Callable[[int], int]], turns: int, goals: tuple[Goal, ...]
) -> Figure:
    pair = in_turns(*ways, runs=turns - _WARM_UP, warm_up=_WARM_UP)
    return Figure(
        measure="members",
        what=what,
        unit=Unit.MICROSECONDS,
        ours=Spread.of(pair.ours),
        floor=Spread.of(pair.floor),
        floor_is="one sqlite3 statement",
        goals=goals,
    )


def _fill(folder: RegisterFolder, cards: int, say: Callable[[str], object]) -> None:
    """Put the crowd into the replica, in place of the goods."""
    say(f"making a replica with {cards:,} member cards")
    coming: Path = folder.spool / "members.db"
    coming.unlink(missing_ok=True)
    build_snapshot(coming, _crowd(cards), cursor={"chain": 2**40, STORE_SCOPE: 2**40}, incarnation=INCARNATION)
    store = ReplicaStore(folder.replica)
    try:
        store.install(coming)
    finally:
        store.close()


def _crowd(cards: int) -> Iterator[Change]:
    for number in range(cards):
        person = Person.of(number)
        yield person.document()
        if number < _SHOPPERS:
            yield from person.belongings()
