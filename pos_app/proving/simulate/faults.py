"""Which mishaps happen: each has a kind and a number, so that a run can be repeated with fewer of them.

Knows nothing of what a mishap does.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from random import Random

from pos_app.proving.simulate.machine.chance import Chance
from pos_app.proving.simulate.trace import Trace


@dataclass(slots=True)
class Faults:
    """Draws mishaps. Those left out are drawn and do not happen, so that the others stay what they are."""

    chance: Chance
    trace: Trace
    without: Collection[str] = ()
    """Kinds that do not happen."""
    only: Collection[int] | None = None
    """Numbers of those that happen; None: all."""
    happened: list[tuple[int, str]] = field(default_factory=list)
    over: bool = False
    """Everything has healed: nothing happens any more."""
    _drawn: int = 0

    def strike(self, kind: str, who: str) -> Random | None:
        """Let a mishap happen, and give the stream that says how; None when this one is left out."""
        if self.over:
            return None
        self._drawn += 1
        number = self._drawn
        if kind in self.without or (self.only is not None and number not in self.only):
            return None
        self.happened.append((number, kind))
        self.trace.note(who, "fault", number, kind)
        return self.chance.stream("fault", kind, number)
