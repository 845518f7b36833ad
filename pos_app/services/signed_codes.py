"""Signed codes at the counter: read, in time, and each member's code in one basket only.

A member's code lives for a minute, so a picture of it is worth nothing soon; within that minute a copy is known by its
nonce, here. Knows no key and no form of writing: that is the port's.
"""

from datetime import datetime, timedelta
from typing import Final

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import BasketId
from pos_app.domain.instants import Instant, instant_of, moment_of
from pos_app.domain.tokens import Token, TokenKind
from pos_app.services.ports import Clock, Tokens

SLACK: Final = timedelta(seconds=30)
"""So far a register's clock may be off that was not corrected lately."""
_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND: Final = 1_000_000


class SignedCodes:
    """Remembers the members' codes of the last minutes."""

    def __init__(self, tokens: Tokens, clock: Clock) -> None:
        """Begin with none seen."""
        self._tokens = tokens
        self._clock = clock
        self._seen: dict[str, tuple[BasketId, Instant]] = {}

    def open(self, text: str, basket: BasketId) -> Token:
        """Read a code that was presented for a basket; raise as `look`, or ``token_copied`` in a second basket."""
        token = self.look(text)
        if token.kind is TokenKind.MEMBER:
            self._use(token, basket, instant_of(self._clock.now()) - SLACK // _MICROSECOND)
        return token

    def look(self, text: str) -> Token:
        """Read a code that is shown, and used for nothing.

        Raises:
            Refusal: ``token_unreadable``, ``token_key_unknown``, ``token_forged``; ``token_stale`` (a member's) with
                the seconds since it ended; ``token_ended`` (a coupon's) with the day and hour by the store's time;
                ``token_early`` where it is from the future.

        """
        token, local, slack = self._tokens.read(text), self._clock.now(), SLACK // _MICROSECOND
        now = instant_of(local)
        if now - slack >= token.until:
            raise _over(token, local)
        if now + slack < token.issued:
            raise Refusal("token_early", early_s=(token.issued - now) // _SECOND)
        return token

    def forget(self, basket: BasketId) -> None:
        """Let the codes of a basket that was thrown away be presented again: nothing was sold by them."""
        self._seen = {nonce: seen for nonce, seen in self._seen.items() if seen[0] != basket}

    def _use(self, token: Token, basket: BasketId, ended: int) -> None:
        self._seen = {nonce: seen for nonce, seen in self._seen.items() if seen[1] > ended}
        first, _ = self._seen.setdefault(token.nonce, (basket, token.until))
        if first != basket:
            raise Refusal("token_copied")


def _over(token: Token, now: datetime) -> Refusal:
    """Say since when a code is over: a member's phone shows the next one at once, a coupon had its days."""
    if token.kind is TokenKind.MEMBER:
        return Refusal("token_stale", ended_s=(instant_of(now) - token.until) // _SECOND)
    return Refusal("token_ended", until=f"{moment_of(token.until).astimezone(now.tzinfo):%Y-%m-%d %H:%M}")
