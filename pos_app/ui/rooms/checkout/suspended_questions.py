"""Suspending a basket (挂单) and recalling one (取单): the same key, by whether there is something in the basket.

Knows no widget.
"""

from collections.abc import Sequence
from functools import partial

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import BasketId
from pos_app.domain.suspended_basket import SuspendedBasket
from pos_app.ui.rooms.checkout.till import Till


class SuspendedQuestions:
    """One for the checkout room. Used from the GUI thread only."""

    def __init__(self, till: Till) -> None:
        self._till = till

    def suspend_or_list(self) -> None:
        """Suspend what is in the basket; of an empty one, list what is suspended."""
        till, operator = self._till, self._till.desk.operator
        if operator is None:
            return
        if till.rung.rows:
            till.ring(partial(till.selling.suspend, operator.id), lambda: till.desk.messages.note("note.suspended"))
        else:
            till.desk.tasks.run(till.selling.suspended, self._listed)

    def recall(self, basket: BasketId) -> None:
        """Recall one."""
        self._till.ring(partial(self._till.selling.recall, basket))

    def _listed(self, suspended: Sequence[SuspendedBasket]) -> None:
        if suspended:
            self._till.view.open_suspended(suspended)
        else:
            self._till.desk.messages.refuse(Refusal("suspended_none"))
