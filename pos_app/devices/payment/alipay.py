"""Alipay's code payment (当面付): which method asks for what, and what its documented codes mean.

10000 done, 10003 the customer is asked, 20000 nobody knows, 40004 refused with a sub-code. Only sub-codes known
to be final are; a query decides the rest.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from pos_app.devices.payment.calling import NoAnswer, PlainCall
from pos_app.domain.ids import TenderId
from pos_app.domain.money import Fen, yuan_text
from pos_app.domain.payments import Outcome, Refund

DONE, WAITING = "10000", "10003"
_SYSTEM: Final = Outcome("unknown", "system")
_UNHEARD: Final = Outcome("unknown", "no_answer")
_STATES: Final = {
    "WAIT_BUYER_PAY": Outcome("waiting", "password"),
    "TRADE_SUCCESS": Outcome("paid"),
    "TRADE_FINISHED": Outcome("paid"),
    "TRADE_CLOSED": Outcome("reversed"),
}
_SUB_CODES: Final = {
    "ACQ.PAYMENT_AUTH_CODE_INVALID": Outcome("refused", "code_expired"),
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": Outcome("refused", "balance"),
    "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH": Outcome("refused", "balance"),
    "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR": Outcome("refused", "declined"),
    "ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR": Outcome("refused", "declined"),
    "ACQ.PAYMENT_FAIL": Outcome("refused", "declined"),
    "ACQ.TRADE_HAS_CLOSE": Outcome("refused", "closed"),
    "ACQ.TRADE_HAS_SUCCESS": Outcome("unknown", "duplicate"),
    "ACQ.CONTEXT_INCONSISTENT": Outcome("unknown", "duplicate"),
    "ACQ.TRADE_NOT_EXIST": Outcome("absent"),
}


class AlipayCaller(Protocol):
    """Who carries a method and its ``biz_content`` there, signed where it must be, and the response's object back."""

    def ask(self, method: str, content: Mapping[str, object]) -> Mapping[str, Any]:
        """Ask; raise `NoAnswer`."""
        ...


@dataclass(frozen=True, slots=True)
class PlainAlipay:
    """Asks the simulator: a form, and the response under the method's own name, as the real gateway has them."""

    caller: PlainCall

    def ask(self, method: str, content: Mapping[str, object]) -> Mapping[str, Any]:
        """Ask, and take the response out of its envelope."""
        form = urlencode({"method": method, "biz_content": json.dumps(content, ensure_ascii=False)})
        answered = self.caller.call("POST", "/gateway.do", form, "application/x-www-form-urlencoded")
        said = answered.body.get(f"{method.replace('.', '_')}_response")
        if not isinstance(said, dict):
            raise NoAnswer(sent=True)
        return said


@dataclass(frozen=True, slots=True)
class Alipay:
    """Fits `pos_app.services.ports.PaymentProvider`."""

    caller: AlipayCaller
    subject: str
    store: str

    def pay(self, payment: TenderId, amount: Fen, code: str) -> Outcome:
        """Charge the customer whose code was scanned."""
        asked = {
            "out_trade_no": payment,
            "scene": "bar_code",
            "auth_code": code,
            "subject": self.subject,
            "total_amount": yuan_text(amount),
            "store_id": self.store,
        }
        try:
            said = self.caller.ask("alipay.trade.pay", asked)
        except NoAnswer as failure:
            return _UNHEARD if failure.sent else Outcome("refused", "unreachable")
        if said.get("code") == DONE:
            return Outcome("paid", transaction=str(said.get("trade_no", "")))
        return Outcome("waiting", "password") if said.get("code") == WAITING else _refused(said)

    def query(self, payment: TenderId) -> Outcome:
        """Tell how a payment stands."""
        try:
            said = self.caller.ask("alipay.trade.query", {"out_trade_no": payment})
        except NoAnswer as failure:
            return _silence(failure)
        if said.get("code") != DONE:
            return _refused(said)
        state = _STATES.get(str(said.get("trade_status", "")), _SYSTEM)
        return Outcome(state.answer, state.reason, str(said.get("trade_no", "")))

    def reverse(self, payment: TenderId) -> Outcome:
        """End a payment: one that was charged is given back, one that was not is closed."""
        try:
            said = self.caller.ask("alipay.trade.cancel", {"out_trade_no": payment})
        except NoAnswer as failure:
            return _silence(failure)
        if said.get("code") == DONE and said.get("retry_flag", "N") == "N":
            return Outcome("reversed")
        return Outcome("reversed") if _refused(said).answer == "absent" else _SYSTEM

    def refund(self, refund: Refund) -> Outcome:
        """Give some of a payment back."""
        asked = {
            "out_trade_no": refund.payment,
            "out_request_no": refund.id,
            "refund_amount": yuan_text(refund.amount),
        }
        try:
            said = self.caller.ask("alipay.trade.refund", asked)
        except NoAnswer as failure:
            return _silence(failure)
        if said.get("code") == DONE:
            return Outcome("reversed", transaction=str(said.get("trade_no", "")))
        beyond = said.get("sub_code") in {"ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "ACQ.REASON_TRADE_REFUND_FEE_ERR"}
        if beyond:
            return Outcome("refused", "refund_beyond")
        absent = _refused(said).answer == "absent"
        return Outcome("refused", "absent") if absent else _SYSTEM


def _refused(said: Mapping[str, Any]) -> Outcome:
    return _SUB_CODES.get(str(said.get("sub_code", "")), _SYSTEM)


def _silence(failure: NoAnswer) -> Outcome:
    return _UNHEARD if failure.sent else Outcome("unknown", "unreachable")
