"""Exceptions (异常) as a store reads them: what of a fact headquarters could not honour, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pos_app.domain.ids import DeviceId


@dataclass(frozen=True, slots=True)
class StoreException:
    """One of them. ``owner`` is ``hq``, ``store`` or a person; ``details`` are the facts of the case."""

    device: DeviceId
    code: str
    details: Mapping[str, Any]
    receipt: str | None
    owner: str
    made_at: datetime
    resolved_at: datetime | None = None
    resolved_by: str = ""
    resolution: str = ""

    @property
    def open(self) -> bool:
        """Whether somebody still has to settle it."""
        return self.resolved_at is None


def by_urgency(found: list[StoreException]) -> list[StoreException]:
    """Put those that wait before those that are settled, the newest first."""
    return sorted(found, key=lambda each: (each.open, each.resolved_at or each.made_at), reverse=True)
