"""Watching how the register stands: what headquarters could not honour of this store's facts, and what works now.

It is told, never asked for, and stops no sale.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pos_app.domain.exceptions import StoreException, by_urgency
from pos_app.domain.readiness import Readiness, readiness
from pos_app.services.ports import Clock, Replica

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Watching:
    """Questions about exceptions and readiness. Used from the counter's one worker thread only."""

    replica: Replica
    clock: Clock

    def exceptions(self) -> Sequence[StoreException]:
        """List those of the store, what waits first, at the store's own hours."""
        return [self._here(each) for each in by_urgency(list(self.replica.exceptions()))[:MOST_SHOWN]]

    def readiness(self, *, online: bool) -> Readiness:
        """Grade what works now, with or without the line."""
        return readiness(self.replica.holdings(), self.clock.now(), online=online)

    def _here(self, found: StoreException) -> StoreException:
        zone, resolved = self.clock.now().tzinfo, found.resolved_at
        return replace(
            found,
            made_at=found.made_at.astimezone(zone),
            resolved_at=None if resolved is None else resolved.astimezone(zone),
        )
