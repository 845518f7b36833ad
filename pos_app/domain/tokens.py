"""Signed codes: what headquarters wrote into a QR code for a member's phone, and its signature holds together.

Such a code is believed with no line. Knows neither how it is written nor how it is signed (`sync.protocol.tokens`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from pos_app.domain.instants import Instant

PREFIX: Final = "GR1:"
"""Every signed code begins so; the digit is the version of what follows."""


class TokenKind(Enum):
    """What a signed code stands for."""

    MEMBER = "member"
    COUPON = "coupon"
    PICK_UP = "pick_up"


@dataclass(frozen=True, slots=True)
class Token:
    """A signed code that was read and whose signature is right. It is good while ``issued <= now < until``."""

    kind: TokenKind
    subject: str
    """The id of the member, the coupon or the order."""
    issued: Instant
    until: Instant
    nonce: str
    """Another one in every code, so that a copy is known again."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What is said of the subject beside, for a register that does not have it: a member's ``tier``."""
