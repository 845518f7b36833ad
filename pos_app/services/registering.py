"""Registering a member at the counter, with a line or without: known and earning from that moment on.

Used from the counter's one worker thread only. Knows no window.
"""

from dataclasses import dataclass
from typing import Final

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.ids import MemberId, OperatorId, StoreId
from pos_app.domain.members import Member
from pos_app.domain.registration import FACT_KIND, FACT_VERSION, Asked, pending_of_registration, register
from pos_app.domain.sale import Place
from pos_app.services.changes import Changes, Kind
from pos_app.services.member_book import MemberBook
from pos_app.services.ports import Clock, Ids, Journal, Nudge

CHANGES: Final[Changes] = frozenset({Kind.MEMBER, Kind.LINE})


@dataclass(frozen=True, slots=True)
class Registering:
    """Makes members."""

    book: MemberBook
    journal: Journal
    clock: Clock
    ids: Ids
    nudge: Nudge
    place: Place

    def register(self, asked: Asked, operator: OperatorId) -> Member:
        """Make a member of who is here.

        Raises:
            Refusal: what `domain.registration.register` has against what was typed; ``phone_taken`` where a member
                with this phone is known here, whom it names.

        """
        made = register(asked, MemberId(str(self.ids.new())), StoreId(self.place.store))
        known = self.book.member(made.phone)
        if known is not None:
            raise Refusal("phone_taken", field="phone", member=known.id, name=known.name)
        at = self.clock.now().isoformat(timespec="milliseconds")
        body = made.body()
        self.journal.append(Happening(FACT_KIND, FACT_VERSION, at, operator, body), pending_of_registration(body))
        self.nudge.facts_waiting()
        return made.to_member()
