"""A second person's consent on the spot: a manager's, and never that of who asks for it. Works with no line."""

from dataclasses import dataclass
from typing import Final

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import OperatorId
from pos_app.services.signing_in import SigningIn

MANAGER: Final = "manager"


@dataclass(frozen=True, slots=True)
class Consenting:
    """Who may consent."""

    signing_in: SigningIn

    def consent(self, number: str, pin: str, asker: OperatorId) -> OperatorId:
        """Tell who consents.

        Raises:
            Refusal: as `SigningIn.recognise` does; ``approval_needs_manager``, ``approval_same_person``.

        """
        operator = self.signing_in.recognise(number, pin)
        if operator.role != MANAGER:
            raise Refusal("approval_needs_manager", name=operator.name)
        if operator.id == asker:
            raise Refusal("approval_same_person", name=operator.name)
        return operator.id
