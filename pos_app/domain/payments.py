"""Payments by a provider (WeChat Pay, Alipay): what it may answer, how long it is asked, and the facts that are left.

A payment's id is in the journal before the provider is called (docs/payments.md). Knows no wire, no clock, no window.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from pos_app.domain.facts import Happening
from pos_app.domain.ids import OperatorId, TenderId
from pos_app.domain.money import Fen
from pos_app.domain.taken_tenders import TakenTender
from pos_app.domain.tender import Provider

ASKED_FACT_KIND: Final = "payment_asked"
SETTLED_FACT_KIND: Final = "payment_settled"
PAYMENT_FACT_VERSION: Final = 1
PROVIDERS: Final[tuple[Provider, ...]] = ("wechat", "alipay")

Answer = Literal["paid", "waiting", "unknown", "refused", "absent", "reversed"]
"""``waiting``: the customer types a password. ``unknown``: it may or may not have been charged, ask again. ``absent``:
the provider has never heard of it (yet). ``refused`` and ``reversed`` are final: nothing is charged, and never will be.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider said of a payment. ``reason`` is the key of its words, ``payment_reason.<reason>``."""

    answer: Answer
    reason: str = ""
    transaction: str = ""
    """The provider's own number of it."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money to give back of a payment that a sale names: some of it, or all. ``id`` makes a repetition harmless."""

    id: str
    payment: TenderId
    charged: Fen
    amount: Fen


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before each further question, in milliseconds; at its end the cashier is asked.

    A refusal that is not final is not known here: whoever reverses goes on, at the last pause, until it is done.
    """

    password_ms: tuple[int, ...] = (2_000,) * 30
    """While the customer types a password: a code is good for a minute."""
    unknown_ms: tuple[int, ...] = (1_000, 2_000, 4_000, 8_000)
    reverse_ms: tuple[int, ...] = (1_000, 2_000, 5_000, 10_000, 30_000, 60_000)
    absent: int = 2
    """How often a provider must say that it never heard of a payment before it is reversed: the request may be late."""


@dataclass(slots=True)
class Asking:
    """One payment being asked after: counts what was answered, and says what comes next."""

    patience: Patience = field(default_factory=Patience)
    waited: int = 0
    failed: int = 0
    absent: int = 0

    def next_pause_ms(self, outcome: Outcome) -> int | None:
        """Tell how long to wait before asking again; None: the cashier must say."""
        if outcome.answer == "waiting":
            pauses, at = self.patience.password_ms, self.waited
            self.waited += 1
            self.failed = self.absent = 0
        else:
            pauses, at = self.patience.unknown_ms, self.failed
            self.failed += 1
            self.absent += outcome.answer == "absent"
        return pauses[at] if at < len(pauses) else None

    @property
    def never_arrived(self) -> bool:
        """Whether it may be reversed without asking anybody: the provider knows nothing of it."""
        return self.absent >= self.patience.absent

    def begin_anew(self) -> None:
        """Ask for as long again: the cashier said so."""
        self.waited = self.failed = self.absent = 0


def asked_happening(tender: TakenTender) -> Happening:
    """Say that a provider is about to be asked."""
    return Happening(ASKED_FACT_KIND, PAYMENT_FACT_VERSION, tender.at, tender.operator, _body(tender))


def settled_happening(tender: TakenTender, outcome: Outcome, at: str, operator: OperatorId) -> Happening:
    """Say how it ended, other than by its sale: ``paid`` (its sale waits for more), ``refused`` or ``reversed``."""
    told = {"outcome": outcome.answer, "reason": outcome.reason, "transaction": outcome.transaction}
    return Happening(SETTLED_FACT_KIND, PAYMENT_FACT_VERSION, at, operator, _body(tender) | told)


def _body(tender: TakenTender) -> dict[str, Any]:
    return {"payment": tender.id, "provider": tender.kind, "amount": tender.amount, "basket": tender.basket}
