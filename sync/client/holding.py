"""Asking headquarters to hold a right for a basket (docs/sync.md §4). Knows no basket and no clock: the register names
both, and waits as long as it likes; a question that is answered later changes nothing there.
"""

from typing import Final

import msgspec

from pos_app.domain.holds import Hold
from sync.client.transport import HqLine, Question

FREED_BY_FACTS: Final = frozenset({"points_not_free", "coupon_held"})
"""Refusals that a fact which is not sent yet may have overtaken: the basket before let go."""


def ask_for_hold(line: HqLine, hold: Hold, basket: str) -> None:
    """Ask; when this returns, it is granted. Raises as `HqLine.ask` does."""
    wanted = {"hold": hold.id, "basket": basket, "resource": hold.resource, "key": hold.key, "amount": hold.amount}
    headers = {"Content-Type": "application/json"}
    line.ask(Question("POST", "/v1/holds", headers=headers, body=msgspec.json.encode(wanted)))
