"""Chance from one seed: a stream for each concern, so that one that draws more does not move the others.

While a simulation runs, the machine's own randomness (keys, nonces, salts, ids) comes from a stream, too.
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random


class Chance:
    """Streams by name."""

    def __init__(self, seed: object) -> None:
        """Begin all of them."""
        self._seed = seed

    def stream(self, *names: object) -> Random:
        """Give a stream at its beginning. Strings are seeds by their digest, whatever ``PYTHONHASHSEED`` says."""
        return Random("/".join(map(str, (self._seed, *names))))


@contextmanager
def seeded_machine(stream: Random) -> Iterator[None]:
    """Let the system's randomness come from a stream: `os.urandom`, what stands on it, and `random` itself."""
    before, state = os.urandom, random.getstate()
    os.urandom = stream.randbytes
    random._urandom = stream.randbytes  # type: ignore[attr-defined]  # noqa: SLF001 — `SystemRandom` keeps its own name for it
    random.seed(stream.getrandbits(64))
    try:
        yield
    finally:
        os.urandom = before
        random._urandom = before  # type: ignore[attr-defined]  # noqa: SLF001 — as above
        random.setstate(state)
