"""Signing in: operator number and PIN, checked offline; a wrong PIN slows the next try down."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.ids import OperatorId
from pos_app.domain.operators import Operator
from pos_app.services.ports import Clock, Journal, Nudge, PinCheck, Replica

FREE_TRIES = 2
"""Wrong PINs in a row that cost nothing: fingers slip."""
LONGEST_WAIT = timedelta(minutes=5)


@dataclass(slots=True)
class SigningIn:
    """Who is at the register."""

    journal: Journal
    replica: Replica
    clock: Clock
    pins: PinCheck
    nudge: Nudge
    _wrong: int = field(default=0, init=False)
    _not_before: datetime | None = field(default=None, init=False)

    def sign_in(self, number: str, pin: str) -> Operator:
        """Let an operator in and note it as a fact.

        Raises:
            Refusal: ``sign_in_wait`` with the seconds left, ``sign_in_wrong`` for an unknown operator or a wrong
                PIN alike, so that numbers cannot be tried out.

        """
        operator = self.recognise(number, pin)
        at = self.clock.now().isoformat(timespec="milliseconds")
        self.journal.append(Happening("signed_in", 1, at, operator.id, {"role": operator.role}))
        self.nudge.facts_waiting()
        return operator

    def recognise(self, number: str, pin: str) -> Operator:
        """Tell who this is, and let nobody in: for a consent on the spot. Raises as `sign_in` does."""
        now = self.clock.now()
        if self._not_before is not None and now < self._not_before:
            raise Refusal("sign_in_wait", wait_s=-(-(self._not_before - now) // timedelta(seconds=1)))
        operator = self.replica.operator(OperatorId(number.strip()))
        if operator is None or not self.pins.matches(operator.pin_hash, pin):
            self._slow_down(now)
            raise Refusal("sign_in_wrong", tries=self._wrong)
        self._wrong, self._not_before = 0, None
        return operator

    def _slow_down(self, now: datetime) -> None:
        self._wrong += 1
        if self._wrong > FREE_TRIES:
            wait = timedelta(seconds=2 ** (self._wrong - FREE_TRIES))
            self._not_before = now + min(wait, LONGEST_WAIT)
