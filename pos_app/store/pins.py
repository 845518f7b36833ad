"""PINs against their hashes, by argon2 (RFC 9106). Slow on purpose: a tenth of a second or so a try."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Pins:
    """Checks PINs. The hashes are made at headquarters, with their parameters in them."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Tell whether the PIN is the one that was hashed; a hash that is none matches nothing."""
        try:
            return self._hasher.verify(pin_hash, pin)
        except (VerificationError, InvalidHashError):
            return False
