"""What selling stands on."""

from dataclasses import dataclass

from pos_app.services.ports import (
    Clock,
    ElementReader,
    Holding,
    Ids,
    Journal,
    Line,
    Nudge,
    ReceiptQueue,
    Replica,
    Tokens,
)


@dataclass(frozen=True, slots=True)
class SellingParts:
    """The ports that selling stands on."""

    journal: Journal
    replica: Replica
    clock: Clock
    ids: Ids
    receipts: ReceiptQueue
    nudge: Nudge
    line: Line
    tokens: Tokens
    elements: ElementReader
    holding: Holding | None = None
    """Asks headquarters for holds; none: a replay, whose points and coupons nobody else spends."""
