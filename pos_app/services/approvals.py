"""Who may do what at a drawer, and a second person's consent on the spot where the operator may not.

A consent is a number and a PIN, checked offline. It is written in the fact that it is for, by whoever writes that.
"""

from dataclasses import dataclass
from typing import Final, Literal

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import OperatorId
from pos_app.domain.operators import Operator, Role
from pos_app.services.signing_in import SigningIn

Right = Literal["cash_out", "no_sale", "drawer_sum", "big_refund", "bare_return", "void"]
"""To take cash out; to open the drawer with no sale; to know what it should hold before it was counted; to give back
more than a cashier may; to take goods back without a receipt; to void a sale."""

_MAY: Final[dict[Right, frozenset[Role]]] = {
    "cash_out": frozenset({"manager"}),
    "no_sale": frozenset({"manager"}),
    "drawer_sum": frozenset({"manager"}),
    "big_refund": frozenset({"manager"}),
    "bare_return": frozenset({"manager"}),
    "void": frozenset({"manager"}),
}


@dataclass(frozen=True, slots=True)
class Consent:
    """What a second person typed."""

    number: str
    pin: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """Rights by role."""

    signing_in: SigningIn

    def may(self, operator: Operator, right: Right) -> bool:
        """Tell whether an operator may do it alone."""
        return operator.role in _MAY[right]

    def approver(self, operator: Operator, right: Right, consent: Consent | None) -> OperatorId | None:
        """Tell who agreed; None where nobody has to.

        Raises:
            Refusal: ``approval_needed`` where somebody must and nobody was asked, ``approval_same_person``,
                ``approval_needs_manager``, or what `SigningIn.recognise` refuses.

        """
        if self.may(operator, right):
            return None
        if consent is None:
            raise Refusal("approval_needed", right=right)
        second = self.signing_in.recognise(consent.number, consent.pin)
        if second.id == operator.id:
            raise Refusal("approval_same_person", name=second.name)
        if not self.may(second, right):
            raise Refusal("approval_needs_manager", name=second.name)
        return second.id

    def recognise(self, consent: Consent) -> Operator:
        """Tell who it is that takes something over; raise what `SigningIn.recognise` refuses."""
        return self.signing_in.recognise(consent.number, consent.pin)

    def name_of(self, operator: OperatorId) -> str:
        """Tell a person's name; the number where headquarters does not tell it."""
        known = self.signing_in.replica.operator(operator)
        return str(operator) if known is None else known.name
