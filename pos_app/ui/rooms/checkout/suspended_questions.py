"""Suspending a basket (挂单) and recalling one (取单): the same key, by whether there is something in the basket.

One that another register of the store has is handed over by it; where it cannot be reached, a person may open a copy.
Knows no widget.
"""

from collections.abc import Sequence
from functools import partial

from pos_app.domain.basket import Basket
from pos_app.domain.errors import GranaryError, LineDown, Refusal
from pos_app.domain.ids import BasketId, DeviceId
from pos_app.domain.suspended_basket import SuspendedAt, SuspendedBasket
from pos_app.services.basket_pricing import BasketView
from pos_app.ui.ports import SoldElsewhere
from pos_app.ui.rooms.checkout.till import Till
from pos_app.ui.widgets.choice_panel import Choice


class SuspendedQuestions:
    """One for the checkout room. Used from the GUI thread only."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._fetching = False
        self._asking = object()
        """Which look at the neighbours the list is open for: an answer to an earlier one comes too late."""
        self._sold: dict[BasketId, DeviceId] = {}
        till.desk.on_sold_elsewhere.append(self._hear_sold)

    def suspend_or_list(self) -> None:
        """Suspend what is in the basket; of an empty one, list what is suspended, here and at the neighbours."""
        till, operator = self._till, self._till.desk.operator
        if operator is None:
            return
        if till.rung.rows:
            till.ring(partial(till.selling.suspend, operator.id), lambda: till.desk.messages.note("note.suspended"))
        else:
            till.desk.messages.overtaken()
            till.desk.tasks.run(till.selling.suspended, self._listed)

    def recall(self, row: SuspendedAt) -> None:
        """Recall one: it is here, or its register hands it over; a second Enter before the answer means nothing."""
        till = self._till
        if row.device == till.desk.identity.device:
            till.ring(partial(till.selling.recall, row.id))
        elif not self._fetching:
            self._fetching = True
            till.view.show_fetching(row.device)
            fetch = partial(till.desk.register.fetch_basket, row)
            till.desk.errands.run(fetch, self._fetched, partial(self._not_fetched, row))

    def warn(self, basket: BasketId) -> None:
        """Say of a basket in hand that another register has sold it, where one has."""
        if basket in self._sold:
            self._till.desk.messages.refuse(Refusal("basket_sold_elsewhere", device=self._sold[basket]))

    def _hear_sold(self, sold: SoldElsewhere) -> None:
        self._sold[sold.basket] = sold.device
        view = self._till.rung.view
        if view is not None and view.basket.id == sold.basket:
            self.warn(sold.basket)

    def _listed(self, own: Sequence[SuspendedBasket]) -> None:
        """Show what is here at once; the neighbours' come behind it, so that nothing moves under a finger."""
        desk, asking = self._till.desk, object()
        rows = [SuspendedAt.whole(DeviceId(desk.identity.device), each) for each in own]
        self._asking = asking
        self._till.view.open_suspended(rows)
        heard, not_heard = partial(self._heard, asking), partial(self._not_heard, asking)
        desk.errands.run(desk.register.elsewhere, heard, not_heard)

    def _heard(self, asking: object, others: Sequence[SuspendedAt]) -> None:
        """Add what the neighbours have to the list that still waits for it; whoever went on is left in peace."""
        if self._waits(asking) and not self._till.view.add_suspended(others):
            self._till.view.open_basket()
            self._till.desk.messages.refuse(Refusal("suspended_none"))

    def _not_heard(self, asking: object, error: GranaryError) -> None:
        if self._waits(asking) and not self._till.view.add_suspended(()):
            self._till.view.open_basket()
        self._till.desk.messages.refuse(error)

    def _waits(self, asking: object) -> bool:
        return asking is self._asking and self._till.view.listing_suspended()

    def _fetched(self, basket: Basket) -> None:
        self._fetching = False
        self._till.view.show_fetching("")
        selling, register = self._till.selling, self._till.desk.register

        def adopt() -> BasketView:
            try:
                return selling.adopt(basket)
            finally:
                register.done_with(basket.id)

        self._till.ring(adopt)

    def _not_fetched(self, row: SuspendedAt, error: GranaryError) -> None:
        """Where its register cannot be reached, offer a copy; the register may be on again and sell it too.

        Whoever left the list meanwhile is told, and keeps what is open.
        """
        self._fetching = False
        self._till.view.show_fetching("")
        if row.copy is None or not isinstance(error, LineDown) or not self._till.view.listing_suspended():
            self._till.desk.messages.refuse(error)
            return
        tr = self._till.desk.texts.tr
        copy = partial(self._till.selling.adopt, row.copy)
        about = tr("suspended.out_of_reach_about", device=row.device)
        choose = [tr("suspended.copy")]
        self._till.view.open_choice(Choice("suspended.out_of_reach", about, choose, lambda _at: self._till.ring(copy)))
