"""A headquarters that signs codes in the test's own hand, and the register's end that reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.domain.instants import Instant
from pos_app.domain.tokens import Token, TokenKind
from sync.protocol.tokens import key_id, read_token, write_token

SECOND = 1_000_000
MINUTE = 60 * SECOND


def a_key(number: int = 1) -> Ed25519PrivateKey:
    """Make a key that is the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(number.to_bytes(32))


@dataclass(slots=True)
class HandTokens:
    """Signs and reads with one key; fits `pos_app.services.ports.Tokens`."""

    key: Ed25519PrivateKey = field(default_factory=a_key)
    signed: int = 0

    def sign(
        self,
        kind: TokenKind,
        subject: str,
        issued: Instant,
        *,
        lives: int = MINUTE,
        about: Mapping[str, str] | None = None,
    ) -> str:
        """Write a code that lives for so many microseconds."""
        self.signed += 1
        token = Token(kind, subject, issued, Instant(issued + lives), f"{self.signed:012x}", about or {})
        return write_token(token, self.key)

    def read(self, text: str) -> Token:
        """Read one."""
        public = self.key.public_key()
        return read_token(text, {key_id(public): public})
