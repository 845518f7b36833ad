"""One payment's way from its asking to its end: asks its provider off the GUI thread, waits, asks again, and tells.

Knows no widget; what it says is a `Said`, what it needs done of the basket goes through its `Ears`. Used from the GUI
thread only.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from PySide6.QtCore import QTimer

from pos_app.domain.codes import PaymentCode
from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.payments import Asking, Outcome
from pos_app.domain.taken_tenders import TakenTender
from pos_app.services.paying import Paying, Taken
from pos_app.ui.runtime.desk import Desk

Stage = Literal["asking", "password", "unknown", "undecided", "reversing", "stuck", "recording"]
"""``undecided``: it was asked long enough, and the cashier must say. ``stuck``: it will not be reversed, and is tried
again and again. ``recording``: its last word is being written, and nothing can be asked of it any more.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """How a payment stands, to be shown. ``reason`` is the key of its words; empty for none."""

    tender: TakenTender
    stage: Stage
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told: how it stands, and how it ended (with what is taken for the basket now); or that it was over before
    it could be reversed.
    """

    stands: Callable[["PaymentTalk", Said], object]
    ended: Callable[["PaymentTalk", Outcome, Taken], object]
    failed: Callable[[GranaryError], object]
    over: Callable[["PaymentTalk"], object]


class PaymentTalk:
    """The talk about one payment."""

    def __init__(self, desk: Desk, paying: Paying, tender: TakenTender, ears: Ears) -> None:
        self.tender = tender
        self.taken_up = False
        """The register found it open when it started."""
        self._desk, self._paying, self._ears = desk, paying, ears
        self._asking = Asking(paying.patience)
        self._reversals = 0
        self._why = ""
        self._timer = QTimer(singleShot=True)
        self._timer.timeout.connect(self._again)
        self.said = Said(tender, "reversing" if tender.state == "reversing" else "asking")

    def begin(self, code: PaymentCode) -> None:
        """Have the customer charged; the id is in the journal."""
        self._say("asking")
        self._desk.payments.run(partial(self._paying.pay, self.tender, code), self._heard, self._ears.failed)

    def take_up(self) -> None:
        """Go on with one that was left open, by a question or by reversing it."""
        self.taken_up = True
        self._again()

    def ask_on(self) -> None:
        """Ask for as long again."""
        self._asking.begin_anew()
        self._say("unknown", self.said.reason)
        self._again()

    def reverse(self, why: str = "") -> None:
        """Have it ended. ``why`` is the reason that stays with it where the provider gives none."""
        if self.said.stage == "recording":
            return
        self._timer.stop()
        self._why, self._reversals = why, 0
        self._say("reversing")

        def marked(_taken: Taken) -> None:
            self.tender = replace(self.tender, state="reversing")
            self._again()

        self._desk.tasks.run(partial(self._paying.take_back, self.tender), marked, self._not_marked)

    def stop(self) -> None:
        """Ask no more: the window closes, and the next start takes it up."""
        self._timer.stop()

    def _again(self) -> None:
        ask = self._paying.reverse if self.tender.state == "reversing" else self._paying.query
        heard = self._reversed if self.tender.state == "reversing" else self._heard
        self._desk.payments.run(partial(ask, self.tender), heard, self._ears.failed)

    def _heard(self, outcome: Outcome) -> None:
        if self.tender.state == "reversing" or self.said.stage in {"reversing", "recording"}:
            return  # an answer to a question that the cashier did not wait for
        if outcome.answer in {"paid", "refused", "reversed"}:
            self._end(outcome)
            return
        pause_ms = self._asking.next_pause_ms(outcome)
        if self._asking.never_arrived:
            self.reverse("never_arrived")
        elif pause_ms is None:
            self._say("undecided", outcome.reason)
        else:
            self._say("password" if outcome.answer == "waiting" else "unknown", outcome.reason)
            self._timer.start(pause_ms)

    def _reversed(self, outcome: Outcome) -> None:
        if outcome.answer == "reversed":
            self._end(Outcome("reversed", outcome.reason or self._why, outcome.transaction))
            return
        pauses = self._paying.patience.reverse_ms
        self._timer.start(pauses[min(self._reversals, len(pauses) - 1)])
        self._reversals += 1
        self._say("stuck" if self._reversals >= 2 else "reversing", outcome.reason)

    def _end(self, outcome: Outcome) -> None:
        operator = self.tender.operator
        self._say("recording")
        self._desk.tasks.run(
            partial(self._paying.heard, self.tender, outcome, operator),
            lambda taken: self._ears.ended(self, outcome, taken),
            self._not_kept,
        )

    def _not_marked(self, error: GranaryError) -> None:
        """Where it is over, its sale has it: nobody is asked to reverse it."""
        if isinstance(error, Refusal) and error.code == "payment_over":
            self._ears.failed(error)
            self._ears.over(self)
        else:
            self._not_kept(error)

    def _not_kept(self, error: GranaryError) -> None:
        """The journal could not take it: it is open still, and the cashier says when to try again."""
        self._ears.failed(error)
        self._say("undecided", "not_kept")

    def _say(self, stage: Stage, reason: str = "") -> None:
        self.said = Said(self.tender, stage, reason)
        self._ears.stands(self, self.said)
