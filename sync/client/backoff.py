"""How long to wait after a failure: doubling, bounded, jittered, and never sooner than headquarters asked.

Knows no clock: it names a time to wait, and others wait it.
"""

from random import Random

BASE_S = 0.5
CAP_S = 8.0
"""Low, so that all is there within seconds once headquarters is back; the jitter spreads a chain's stores."""
ASKED_CAP_S = 300.0
"""Nobody, not even a broken gateway, sends a register to sleep for longer."""


class Backoff:
    """The waits of one worker. Seeded, so that a simulation repeats."""

    def __init__(self, random: Random, *, base_s: float = BASE_S, cap_s: float = CAP_S) -> None:
        """Start patient: the first wait is about ``base_s``."""
        self._random = random
        self._base_s = base_s
        self._cap_s = cap_s
        self._failures = 0

    @property
    def failures(self) -> int:
        """Count the failures since it last went well."""
        return self._failures

    def failed_s(self, asked_s: float | None = None) -> float:
        """Count a failure and tell how long to wait; ``asked_s`` is what ``Retry-After`` said."""
        # Bounded exponent: a line that is down for a month does not make a float overflow.
        longest_s = min(self._cap_s, self._base_s * 2.0 ** min(self._failures, 16))
        self._failures += 1
        wait_s = longest_s * self._random.uniform(0.5, 1.0)
        if asked_s is None:
            return wait_s
        return max(wait_s, min(asked_s, ASKED_CAP_S) * self._random.uniform(1.0, 1.1))

    def went_well(self) -> None:
        """Forget the failures."""
        self._failures = 0
