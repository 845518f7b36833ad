"""The members room's flow: find, show, look at what is masked. Asks the services on the worker, tells the view.

Knows no widget: the view is a `MembersView` by shape.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from pos_app.domain.errors import GranaryError, Refusal
from pos_app.domain.members import Member
from pos_app.domain.registration import Asked
from pos_app.services.basket_pricing import BasketView
from pos_app.services.changes import Changes, Kind
from pos_app.services.knowing import Finds, Looking, MemberCard
from pos_app.services.registering import CHANGES
from pos_app.services.remembering import Remembered
from pos_app.ui.runtime.desk import Desk

_CONCERNING: Changes = frozenset({Kind.MEMBER, Kind.SALE, Kind.PRICE})

ToBasket = Callable[[Callable[[], BasketView]], object]
"""Changes the basket, and goes where it is seen."""


class MembersView(Protocol):
    """What the presenter tells the room."""

    def show_finds(self, finds: Finds, typed: str) -> None: ...
    def show_card(self, card: MemberCard) -> None: ...
    def show_remembered(self, remembered: Remembered, now: datetime) -> None: ...
    def show_nobody(self) -> None: ...
    def unmask(self, member: Member) -> None: ...
    def ask_reason(self) -> None: ...
    def open_form(self, phone: str) -> None: ...
    def refuse_form(self, error: GranaryError) -> None: ...
    def show_welcome(self, member: Member) -> None: ...
    def close_panel(self) -> None: ...


class MembersPresenter:
    """One for the room. Used from the GUI thread only."""

    def __init__(self, desk: Desk, view: MembersView, to_basket: ToBasket) -> None:
        self._desk = desk
        self._view = view
        self._to_basket = to_basket
        self._knowing = desk.open_counter().knowing
        self._remembering = desk.open_counter().remembering
        self._typed = ""
        self._registering = False
        self.member: Member | None = None
        """Whose card is shown or asked for."""
        desk.on_changes.append(self._on_changes)

    def find(self, text: str) -> None:
        """Look for members; nothing typed shows nobody."""
        self._typed = typed = text.strip()
        if not typed:
            self.member = None
            self._view.show_finds(Finds(()), "")
            self._view.show_nobody()
            return
        self._desk.tasks.run(lambda: self._knowing.find(typed), partial(self._found, typed), self._not_found)

    def scan(self, text: str, otherwise: Callable[[], object]) -> None:
        """Show whose code was scanned; what is no member's goes elsewhere."""

        def told(member: Member | None) -> None:
            if member is None:
                otherwise()
            else:
                self._found("", Finds([member]))

        self._desk.tasks.run(lambda: self._knowing.scanned(text), told)

    def choose(self, member: Member | None) -> None:
        """Show the card of one who was found."""
        self.member = member
        if member is None:
            self._view.show_nobody()
        else:
            self._desk.tasks.run(lambda: self._knowing.card(member), self._show)
            self._desk.tasks.run(
                lambda: (self._remembering.of(member), self._knowing.now()), partial(self._told, member)
            )

    def take(self) -> None:
        """Take the member into the basket."""
        member = self.member
        if member is None:
            self._desk.messages.refuse(Refusal("member_none"))
            return
        selling = self._desk.open_counter().selling
        self._to_basket(lambda: selling.set_member(member.id))

    def take_usual(self) -> None:
        """Take the member and what they usually buy into the basket."""
        member = self.member
        if member is None:
            self._desk.messages.refuse(Refusal("member_none"))
            return
        self._to_basket(lambda: self._remembering.into_basket(member))

    def ask_reason(self) -> None:
        """Ask why what is masked is to be seen."""
        if self.member is None:
            self._desk.messages.refuse(Refusal("member_none"))
        else:
            self._view.ask_reason()

    def look_at(self, reason: str) -> None:
        """Show it, for a reason; it is recorded."""
        member, operator = self.member, self._desk.operator
        if member is None or operator is None:
            return

        def seen(known: Member) -> None:
            self._view.close_panel()
            self._view.unmask(known)
            self._desk.messages.note("note.looked_at")

        self._desk.tasks.run(lambda: self._knowing.look_at(member.id, Looking(operator.id, reason)), seen)

    def begin_registering(self) -> None:
        """Open the form; a phone that was searched for stands in it."""
        self._view.open_form(self._typed if self._typed.isdecimal() else "")

    def register(self, asked: Asked) -> None:
        """Make a member of who is here, and show the code. Once: a second Enter before the answer means nothing."""
        operator = self._desk.operator
        if self._registering or operator is None:
            return
        self._registering = True
        registering = self._desk.open_counter().registering
        self._desk.tasks.run(lambda: registering.register(asked, operator.id), self._registered, self._not_registered)

    def _registered(self, member: Member) -> None:
        self._registering = False
        self._desk.messages.went_well()
        self._view.show_welcome(member)
        self._found("", Finds([member]))
        self._desk.tell(CHANGES)

    def _not_registered(self, error: GranaryError) -> None:
        self._registering = False
        self._view.refuse_form(error)

    def refresh(self) -> None:
        """Show the member as things are now."""
        if self.member is not None:
            self.choose(self.member)

    def _found(self, typed: str, finds: Finds) -> None:
        if typed != self._typed and typed:
            return  # more was typed meanwhile
        self._desk.messages.went_well()
        self._view.show_finds(finds, typed)
        self.choose(finds.members[0] if finds.members else None)

    def _not_found(self, error: GranaryError) -> None:
        self._desk.messages.refuse(error)

    def _show(self, card: MemberCard) -> None:
        if self.member is not None and card.member.id == self.member.id:
            self._view.show_card(card)

    def _told(self, member: Member, told: tuple[Remembered, datetime]) -> None:
        if self.member is not None and member.id == self.member.id:
            self._view.show_remembered(*told)

    def _on_changes(self, kinds: Changes) -> None:
        if kinds & _CONCERNING:
            self.refresh()
