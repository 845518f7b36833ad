"""What a fact of a drawer comes to: one row of its ledger, and what of it a person should look at. Pure.

The register's own figures are kept as it told them; whether they are right is the report's business.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final

import msgspec

from pos_app.domain.facts import Fact
from pos_app.domain.shift import CLOSED, COUNTED, DAY_CLOSED, DRAWER, MOVED, OPENED
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.bodies import Amount, Word

LARGE_DIFFERENCE_FEN: Final = 1_000
"""Beyond it, over or short, the store is asked: a slip over a coin is nobody's business."""

Reason = Annotated[str, msgspec.Meta(max_length=200)]

Row = dict[str, Any]
Read = tuple[Row, list[Trouble]]


class Since(msgspec.Struct, frozen=True):
    """A place in the chain."""

    epoch: Annotated[int, msgspec.Meta(ge=0, le=2**62)]
    seq: Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class OpenedBody(msgspec.Struct, frozen=True):
    """A shift that was opened."""

    store: Word
    shift: Word
    number: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    business_date: date
    float: Annotated[int, msgspec.Meta(ge=0, le=10**15)]
    since: Since


class ClosedBody(msgspec.Struct, frozen=True):
    """A shift that was closed."""

    store: Word
    shift: Word
    number: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    business_date: date
    float: Amount
    counted: Amount
    expected: Amount
    difference: Amount
    reason: Reason = ""


class MovedBody(msgspec.Struct, frozen=True):
    """Cash that was put in or taken out."""

    store: Word
    shift: Word
    number: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    direction: Annotated[str, msgspec.Meta(pattern="^(in|out)$")]
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**15)]
    reason: Reason
    approved_by: Word | None = None


class DrawerBody(msgspec.Struct, frozen=True):
    """A drawer that was opened with no sale, with a shift or without."""

    store: Word
    reason: Reason
    shift: Word | None = None
    number: int | None = None
    approved_by: Word | None = None


class CountedBody(msgspec.Struct, frozen=True):
    """A count."""

    store: Word
    shift: Word
    number: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    counted: Amount
    expected: Amount
    difference: Amount


class DayBody(msgspec.Struct, frozen=True):
    """A day that was closed."""

    store: Word
    business_date: date


def read_drawer(fact: Fact, store: str) -> Read:
    """Read a fact of a register of ``store``; raise ``msgspec.ValidationError`` where its body is another."""
    row, troubles = _READERS[fact.kind](fact)
    if fact.body["store"] != store:
        troubles = [*troubles, Trouble("drawer_of_other_store", {"store": fact.body["store"], "device_store": store})]
    return row | {"store": store}, troubles


def _row(fact: Fact, kind: str, **told: object) -> Row:
    blank: Row = dict.fromkeys(_OPTIONAL)
    place = {"device": fact.device, "epoch": fact.position.epoch, "seq": fact.position.seq}
    return blank | place | {"kind": kind, "at": fact.at, "operator": fact.operator, "amount": 0, "reason": ""} | told


def _opened(fact: Fact) -> Read:
    body = msgspec.convert(fact.body, OpenedBody)
    since = {"since_epoch": body.since.epoch, "since_seq": body.since.seq}
    return _row(fact, fact.kind, **_shift_of(body), **_day(body), amount=body.float, **since), []


def _closed(fact: Fact) -> Read:
    body = msgspec.convert(fact.body, ClosedBody)
    sums = {"amount": body.counted, "expected": body.expected, "difference": body.difference, "reason": body.reason}
    troubles = []
    if body.counted - body.expected != body.difference:
        figures = {"counted": body.counted, "expected": body.expected, "difference": body.difference}
        troubles.append(Trouble("shift_figures", {"number": body.number, **figures}))
    if abs(body.difference) > LARGE_DIFFERENCE_FEN:
        told = {"number": body.number, "difference": body.difference, "reason": body.reason}
        troubles.append(Trouble("shift_difference", told))
    return _row(fact, fact.kind, **_shift_of(body), **_day(body), **sums), troubles


def _moved(fact: Fact) -> Read:
    body = msgspec.convert(fact.body, MovedBody)
    amount = body.amount if body.direction == "in" else -body.amount
    told = {"amount": amount, "reason": body.reason, "approved_by": body.approved_by}
    return _row(fact, fact.kind, **_shift_of(body), **told), []


def _drawer(fact: Fact) -> Read:
    body = msgspec.convert(fact.body, DrawerBody)
    told = {"reason": body.reason, "approved_by": body.approved_by}
    return _row(fact, fact.kind, shift=body.shift, number=body.number, **told), []


def _counted(fact: Fact) -> Read:
    body = msgspec.convert(fact.body, CountedBody)
    sums = {"amount": body.counted, "expected": body.expected, "difference": body.difference}
    return _row(fact, fact.kind, **_shift_of(body), **sums), []


def _day_closed(fact: Fact) -> Read:
    return _row(fact, fact.kind, **_day(msgspec.convert(fact.body, DayBody))), []


def _shift_of(body: OpenedBody | ClosedBody | MovedBody | CountedBody) -> Row:
    return {"shift": body.shift, "number": body.number}


def _day(body: OpenedBody | ClosedBody | DayBody) -> Row:
    return {"business_date": body.business_date.isoformat()}


_OPTIONAL: Final = (
    *("shift", "number", "business_date", "since_epoch", "since_seq"),
    *("expected", "difference", "approved_by"),
)
_READERS: Final[Mapping[str, Callable[[Fact], Read]]] = {
    OPENED: _opened,
    CLOSED: _closed,
    MOVED: _moved,
    DRAWER: _drawer,
    COUNTED: _counted,
    DAY_CLOSED: _day_closed,
}
DRAWER_KINDS: Final = tuple(_READERS)
