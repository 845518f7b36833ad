"""PINs that are their own hash, for tests of who signs in."""

from dataclasses import dataclass


@dataclass(slots=True)
class PlainPins:
    """Holds a PIN against itself."""

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Compare."""
        return pin_hash == pin
