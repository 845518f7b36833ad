"""Finding goods, beside a prepared statement of plain `sqlite3` that finds such rows and does nothing with them.

With a pull running: the file changes under the look-ups, as it does in a shop.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from pos_app.domain.codes import lookup_key
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.goods import DEVICE, Good, Goods
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.pulling import Pull
from pos_app.proving.bench.spread import Spread, in_turns, timed_ns
from pos_app.services.looking_up import SEARCH_LIMIT
from pos_app.store.replica.numbered_files import NumberedFiles
from pos_app.store.replica.reader import ReplicaReader
from sync.protocol.search_text import phrase

_WARM_UP: Final = 20
_GOALS: Final = (Goal("median", 1_000_000),)
_OF_BARCODE: Final = (
    " CROSS JOIN document ON topic = 'product' AND key = barcode.sku AND document.scope = barcode.scope"
)
_OF_PRODUCT: Final = (
    " CROSS JOIN document ON topic = 'product' AND key = product.sku AND document.scope = product.scope"
)
_CODE: Final = f"SELECT body, quantity, code FROM barcode{_OF_BARCODE} WHERE lookup_key = ?"  # noqa: S608 — ours
_DIGITS: Final = (
    f"SELECT body FROM barcode{_OF_BARCODE} WHERE reversed_code >= ? AND reversed_code < ?"  # noqa: S608 — ours
    f" ORDER BY reversed_code LIMIT {SEARCH_LIMIT}"
)
_INITIALS: Final = (
    f"SELECT body FROM product{_OF_PRODUCT} WHERE folded_initials >= ? AND folded_initials < ?"  # noqa: S608 — ours
    f" ORDER BY folded_initials LIMIT {SEARCH_LIMIT}"
)
_PART: Final = (
    "SELECT body FROM product_text CROSS JOIN product ON product.number = product_text.rowid"  # noqa: S608 — ours
    f"{_OF_PRODUCT} WHERE product_text MATCH ? LIMIT {SEARCH_LIMIT}"
)


@dataclass(frozen=True, slots=True)
class Way:
    """A way of finding goods: what is typed or scanned, ours, and the one statement that would do."""

    what: str
    typed: Callable[[Good], str]
    ours: Callable[[ReplicaReader, str], object]
    statement: str
    parameters: Callable[[str], Sequence[str]]


def _search(reader: ReplicaReader, text: str) -> object:
    return reader.search(text, SEARCH_LIMIT)


def _beginning_with(text: str) -> tuple[str, str]:
    return text, text + "\U0010ffff"


WAYS: Final = (
    Way("by code", lambda good: lookup_key(good.code), ReplicaReader.by_code, _CODE, lambda key: (key,)),
    Way("by part of the name", lambda good: good.name[3:6], _search, _PART, lambda part: (phrase(part),)),
    Way("by initials", lambda good: good.initials[:5], _search, _INITIALS, _beginning_with),
    Way("by last digits", lambda good: good.code[-5:], _search, _DIGITS, lambda end: _beginning_with(end[::-1])),
)


def measure(ground: Ground, runs: int) -> list[Figure]:
    """Measure all ways of looking goods up."""
    folder = ground.register("lookup")
    with Pull(folder, ground.products):
        reader = ReplicaReader(folder.replica, DEVICE)
        files = NumberedFiles(folder.replica)
        uri = f"{files.path(files.named().current or 1).resolve().as_uri()}?mode=ro"
        raw = sqlite3.connect(uri, uri=True, isolation_level=None)
        try:
            return [_figure(way, reader, raw, _wanted(ground.products, runs)) for way in WAYS]
        finally:
            raw.close()
            reader.close()


def _wanted(products: int, runs: int) -> Sequence[Good]:
    """Choose goods all over the file, the same ones every time."""
    goods, random = Goods(), Random(products)
    return [goods.good(random.randrange(products)) for _ in range(runs + _WARM_UP)]


def _figure(way: Way, reader: ReplicaReader, raw: sqlite3.Connection, wanted: Sequence[Good]) -> Figure:
    def ours(turn: int) -> int:
        text = way.typed(wanted[turn])
        return timed_ns(lambda: way.ours(reader, text))

    def floor(turn: int) -> int:
        parameters = way.parameters(way.typed(wanted[turn]))
        return timed_ns(lambda: raw.execute(way.statement, parameters).fetchall())

    pair = in_turns(ours, floor, runs=len(wanted) - _WARM_UP, warm_up=_WARM_UP)
    return Figure(
        measure="lookup",
        what=f"look-up {way.what}",
        unit=Unit.MICROSECONDS,
        ours=Spread.of(pair.ours),
        floor=Spread.of(pair.floor),
        floor_is="one sqlite3 statement",
        goals=_GOALS,
    )
