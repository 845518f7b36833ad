"""What each kind of fact changes in the ledgers: said when it is made, and again when pending amounts are rebuilt.

Pure; a kind that is not here changes nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pos_app.domain.branches import meaning
from pos_app.domain.facts import Fact
from pos_app.domain.leases import RETURNED_FACT_KIND, pending_of_return
from pos_app.domain.ledger import Pending
from pos_app.domain.registration import FACT_KIND as REGISTERED_KIND
from pos_app.domain.registration import pending_of_registration
from pos_app.domain.returned import RETURN_KIND, VOID_KIND, pending_of_returned
from pos_app.domain.sale import FACT_KIND, pending_of

_BY_KIND: Final[Mapping[str, Callable[[Mapping[str, Any]], list[Pending]]]] = {
    FACT_KIND: pending_of,
    RETURN_KIND: pending_of_returned,
    VOID_KIND: pending_of_returned,
    RETURNED_FACT_KIND: pending_of_return,
    REGISTERED_KIND: pending_of_registration,
}


def pending_of_fact(fact: Fact) -> list[Pending]:
    """Say again what a fact changes in the ledgers, as it was said when it was made."""
    meant = meaning(fact)
    changes = _BY_KIND.get(meant.kind)
    return [] if changes is None else changes(meant.body)
