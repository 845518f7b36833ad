"""What facts say of payments: one was asked for, one ended, a sale names some. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

import msgspec

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact
from pos_app.domain.instants import parse_instant
from pos_app.domain.payments import ASKED_FACT_KIND
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.bodies import CannotApply, TenderBody, Word

State = Literal["asked", "paid", "sold", "refused", "reversed"]
OVER: Final = frozenset({"refused", "reversed"})
"""Nothing is charged, and never will be."""

_Text = Annotated[str, msgspec.Meta(max_length=200)]


class AskedBody(msgspec.Struct, frozen=True):
    """A payment that a provider is asked for."""

    payment: Word
    provider: Word
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**15)]


class SettledBody(AskedBody, frozen=True):
    """How one ended, without a sale or before it."""

    outcome: Literal["paid", "refused", "reversed"]
    reason: _Text = ""
    transaction: _Text = ""


@dataclass(slots=True)
class Payments:
    """What one fact says of payments: rows of their table, and what does not fit what was said before."""

    rows: list[dict[str, Any]]
    troubles: list[Trouble] = field(default_factory=list)


def read_payment(fact: Fact, store: str) -> Payments:
    """Read that one was asked for, or how it ended; raise `CannotApply`."""
    try:
        if fact.kind == ASKED_FACT_KIND:
            return Payments([_row(fact, store, msgspec.convert(fact.body, AskedBody), "asked")])
        body = msgspec.convert(fact.body, SettledBody)
    except msgspec.ValidationError as error:
        raise CannotApply("fact_body_unreadable", kind=fact.kind, reason=str(error)[:200]) from error
    row = _row(fact, store, body, body.outcome)
    return Payments([row | {"reason": body.reason, "reference": body.transaction}])


def payments_of_sale(fact: Fact, store: str, sale: str, tenders: Sequence[TenderBody]) -> Payments | None:
    """Read which payments a sale names; None where it names none."""
    rows = [
        _row(fact, store, AskedBody(each.payment, each.kind, each.amount), "sold")
        | {"sale": sale, "reference": each.reference or ""}
        for each in tenders
        if each.payment is not None
    ]
    return Payments(rows) if rows else None


def _row(fact: Fact, store: str, body: AskedBody, state: State) -> dict[str, Any]:
    return {
        "id": body.payment,
        "device": fact.device,
        "epoch": fact.position.epoch,
        "seq": fact.position.seq,
        "store": store,
        "provider": body.provider,
        "amount": body.amount,
        "state": state,
        "sale": None,
        "reason": "",
        "reference": "",
        "asked_at": fact.at,
        "since": _since(fact),
    }


def _since(fact: Fact) -> int:
    """Give the register's instant; a moment that cannot be read is long past."""
    try:
        return parse_instant(fact.at)
    except Refusal:
        return 0
