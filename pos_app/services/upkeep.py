"""What the journal's own writer sees to between the sales, a small step at a time. Knows nothing of the chores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Chore = Callable[[], bool]
"""Does a small step; tells whether there is more to do at once."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The chores, in their order. Used from the counter's one worker thread only."""

    chores: Sequence[Chore]

    def step(self) -> bool:
        """Do a step of each; tell whether any has more to do. A sale waits for one step at most."""
        # Every chore has its step: `any` alone would stop at the first that has more.
        more = [chore() for chore in self.chores]
        return any(more)

    def all(self, most_steps: int) -> None:
        """Do all there is to do, within reason."""
        for _ in range(most_steps):
            if not self.step():
                return
