"""The members that a register knows: headquarters' documents, and those whom it registered itself and headquarters has
not told of yet. Used from the counter's one worker thread only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.ids import MemberId
from pos_app.domain.members import Member
from pos_app.domain.registration import Registration, plain_phone, read_registration
from pos_app.services.ports import Journal, Replica


@dataclass(frozen=True, slots=True)
class MemberBook:
    """Who is known here."""

    journal: Journal
    replica: Replica

    def member(self, code: str) -> Member | None:
        """Find a member by id, card or phone; one who is told under another id now is found as that."""
        known = self.replica.member(code)
        if known is not None:
            return known
        phone = plain_phone(code)
        own = next((each for each in self._own() if code == each.member or phone == each.phone), None)
        return None if own is None else own.to_member()

    def find(self, text: str, limit: int) -> Sequence[Member]:
        """Find members by code, the end of the phone, the name from its beginning, or its initials."""
        found = {each.id: each for each in self.replica.find_members(text, limit)}
        wanted = text.strip()
        for each in self._own() if wanted else ():
            is_meant = wanted in {each.member, each.phone} or each.name.startswith(wanted)
            if is_meant or (len(wanted) >= _FEWEST_DIGITS and each.phone.endswith(wanted)):
                found.setdefault(each.member, each.to_member())
        return list(found.values())[:limit]

    def waits(self, member: MemberId) -> bool:
        """Tell whether a member is known by this register's own registration alone."""
        return self.replica.member(member) is None and any(each.member == member for each in self._own())

    def _own(self) -> list[Registration]:
        """List those registered here of whom headquarters has not told, the newest first."""
        registered = (read_registration(fact.body) for fact in self.journal.registrations())
        return [each for each in registered if self.replica.member(each.member) is None]


_FEWEST_DIGITS = 4
