"""Makes a failure smaller: fewer stores, registers, days and minutes, less work, fewer mishaps; and it still fails.

Each smaller plan is simply run. Knows nothing of what fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from pos_app.proving.simulate.plan import Plan
from pos_app.proving.simulate.running import Outcome

Run = Callable[[Plan], Outcome]


@dataclass(slots=True)
class Shrinking:
    """A failure that becomes smaller. ``most`` bounds the runs; ``tell`` hears of each success."""

    run: Run
    worst: Outcome
    work: tuple[str, ...]
    """Names of all kinds of work."""
    most: int = 120
    tell: Callable[[Outcome], None] = field(default=lambda _: None)
    runs: int = 0

    def shrink(self) -> Outcome:
        """Shrink until nothing helps any more, or the runs are used up."""
        while self.runs < self.most and self._round():
            pass
        return self.worst

    def _round(self) -> bool:
        before = self.worst.plan
        # A smaller world fails at another time: first the size, then how long it goes on.
        for plan in self._sizes():
            self._try(plan)
        self._earlier()
        for plan in self._kinds():
            self._try(plan)
        self._mishaps()
        return self.worst.plan != before

    def _earlier(self) -> None:
        """End the work as early as it still fails, to a quarter of an hour or so."""
        low, high = 0, self.worst.plan.minutes
        while high - low > 15:
            middle = (low + high) // 2
            if self._try(replace(self.worst.plan, until=middle)):
                high = middle
            else:
                low = middle

    def _sizes(self) -> Iterator[Plan]:
        plan = self.worst.plan
        yield from (replace(plan, stores=fewer) for fewer in range(1, plan.stores))
        yield from (replace(self.worst.plan, registers=fewer) for fewer in range(1, plan.registers))
        yield from (replace(self.worst.plan, days=fewer) for fewer in range(1, plan.days))

    def _kinds(self) -> Iterator[Plan]:
        for kind in (*self.work, *sorted({kind for _, kind in self.worst.faults})):
            if kind not in self.worst.plan.without:
                yield replace(self.worst.plan, without=self.worst.plan.without | {kind})

    def _mishaps(self) -> None:
        """Leave mishaps out: all of them, else halves, quarters and so on of those that happened."""
        if self._try(replace(self.worst.plan, only=frozenset())):
            return
        parts = 2
        while True:
            numbers = [number for number, _ in self.worst.faults]
            size = -(-len(numbers) // parts)
            if not any(
                self._try(replace(self.worst.plan, only=frozenset(numbers[:at] + numbers[at + size :])))
                for at in range(0, len(numbers), max(size, 1))
            ):
                if size <= 1:
                    return
                parts *= 2

    def _try(self, plan: Plan) -> bool:
        """Run a smaller plan; where the same invariant breaks, go on from it."""
        if self.runs >= self.most or plan == self.worst.plan:
            return False
        self.runs += 1
        outcome = self.run(plan)
        if outcome.invariant != self.worst.invariant:
            return False
        self.worst = outcome
        self.tell(outcome)
        return True
