"""WeChat Pay's code payment (付款码支付), API v3: which request asks for what, and what its documented codes mean.

Only what is known to be final is final: any other code, and any answer that cannot be read, is ``unknown``, and a query
decides. Codes are compared without underscores: v2 wrote ``AUTHCODEEXPIRE``, v3 writes ``AUTH_CODE_EXPIRED``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pos_app.devices.payment.calling import Answered, NoAnswer, PlainCall
from pos_app.domain.ids import TenderId
from pos_app.domain.money import Fen
from pos_app.domain.payments import Outcome, Refund

_STATES: Final = {
    "SUCCESS": Outcome("paid"),
    "USERPAYING": Outcome("waiting", "password"),
    "ACCEPT": Outcome("waiting", "password"),
    "NOTPAY": Outcome("waiting", "password"),
    "PAYERROR": Outcome("refused", "declined"),
    "CLOSED": Outcome("refused", "closed"),
    "REVOKED": Outcome("reversed"),
    "REFUND": Outcome("reversed"),
}
_CODES: Final = {
    "USERPAYING": Outcome("waiting", "password"),
    "NOTENOUGH": Outcome("refused", "balance"),
    "AUTHCODEEXPIRE": Outcome("refused", "code_expired"),
    "AUTHCODEEXPIRED": Outcome("refused", "code_expired"),
    "AUTHCODEERROR": Outcome("refused", "code_expired"),
    "AUTHCODEINVALID": Outcome("refused", "code_used"),
    "NOTSUPORTCARD": Outcome("refused", "card"),
    "PAYERROR": Outcome("refused", "declined"),
    "ORDERCLOSED": Outcome("refused", "closed"),
    "ORDERREVERSED": Outcome("reversed"),
    "ORDERPAID": Outcome("unknown", "duplicate"),
    "OUTTRADENOUSED": Outcome("unknown", "duplicate"),
    "ORDERNOTEXIST": Outcome("absent"),
    "RESOURCENOTEXISTS": Outcome("absent"),
}
_SYSTEM: Final = Outcome("unknown", "system")
_UNHEARD: Final = Outcome("unknown", "no_answer")
_OK: Final = range(200, 300)


class WechatApi(Protocol):
    """The four requests, signed where they must be; each raises `NoAnswer`."""

    def codepay(self, asked: Mapping[str, Any]) -> Answered:
        """Ask a customer for money."""
        ...

    def order(self, own: str) -> Answered:
        """Ask how an order stands, by the merchant's number."""
        ...

    def reverse(self, own: str) -> Answered:
        """Reverse an order (撤销)."""
        ...

    def refund(self, asked: Mapping[str, Any]) -> Answered:
        """Give back (退款)."""
        ...


@dataclass(frozen=True, slots=True)
class PlainWechat:
    """The requests as they go to the simulator: the real paths and bodies, unsigned."""

    caller: PlainCall

    def codepay(self, asked: Mapping[str, Any]) -> Answered:
        """Ask a customer for money."""
        return self._post("/v3/pay/transactions/codepay", asked)

    def order(self, own: str) -> Answered:
        """Ask how an order stands."""
        return self.caller.call("GET", f"/v3/pay/transactions/out-trade-no/{own}")

    def reverse(self, own: str) -> Answered:
        """Reverse an order."""
        return self._post(f"/v3/pay/transactions/out-trade-no/{own}/reverse", {})

    def refund(self, asked: Mapping[str, Any]) -> Answered:
        """Give back."""
        return self._post("/v3/refund/domestic/refunds", asked)

    def _post(self, path: str, asked: Mapping[str, Any]) -> Answered:
        return self.caller.call("POST", path, json.dumps(asked, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class WechatShop:
    """What the customer reads, and where they stand; whose money it is, is the request's (`WechatApi`)."""

    description: str
    store: str


@dataclass(frozen=True, slots=True)
class WechatPay:
    """Fits `pos_app.services.ports.PaymentProvider`."""

    api: WechatApi
    shop: WechatShop

    def pay(self, payment: TenderId, amount: Fen, code: str) -> Outcome:
        """Charge the customer whose code was scanned."""
        asked = {
            "description": self.shop.description,
            "out_trade_no": payment,
            "amount": {"total": amount, "currency": "CNY"},
            "payer": {"auth_code": code},
            "scene_info": {"store_info": {"id": self.shop.store}},
        }
        try:
            return _outcome(self.api.codepay(asked))
        except NoAnswer as failure:
            return _UNHEARD if failure.sent else Outcome("refused", "unreachable")

    def query(self, payment: TenderId) -> Outcome:
        """Tell how a payment stands."""
        try:
            return _outcome(self.api.order(payment))
        except NoAnswer as failure:
            return _silence(failure)

    def reverse(self, payment: TenderId) -> Outcome:
        """End a payment (撤销): one that was charged is given back, one that was not can never be charged."""
        try:
            answered = self.api.reverse(payment)
        except NoAnswer as failure:
            return _silence(failure)
        if answered.status in _OK and answered.body.get("recall", "N") != "Y":
            return Outcome("reversed")
        ended = _outcome(answered)
        # What was never known there, or is closed, is not charged; all else is tried again.
        over = ended.answer in {"absent", "reversed"} or ended.reason == "closed"
        return Outcome("reversed") if over else _SYSTEM

    def refund(self, refund: Refund) -> Outcome:
        """Give some of a payment back (退款)."""
        asked = {
            "out_trade_no": refund.payment,
            "out_refund_no": refund.id,
            "amount": {"refund": refund.amount, "total": refund.charged, "currency": "CNY"},
        }
        try:
            answered = self.api.refund(asked)
        except NoAnswer as failure:
            return _silence(failure)
        if answered.status in _OK and answered.body.get("status") in {"SUCCESS", "PROCESSING"}:
            return Outcome("reversed", transaction=_text(answered.body, "refund_id"))
        refused = {"NOTENOUGH": "seller_balance", "INVALIDREQUEST": "refund_beyond", "RESOURCENOTEXISTS": "absent"}
        reason = refused.get(_code(answered))
        return _SYSTEM if reason is None else Outcome("refused", reason)


def _outcome(answered: Answered) -> Outcome:
    if answered.status not in _OK or "trade_state" not in answered.body:
        return _CODES.get(_code(answered), _SYSTEM)
    state = _STATES.get(_text(answered.body, "trade_state"), _SYSTEM)
    return Outcome(state.answer, state.reason, _text(answered.body, "transaction_id"))


def _silence(failure: NoAnswer) -> Outcome:
    return _UNHEARD if failure.sent else Outcome("unknown", "unreachable")


def _code(answered: Answered) -> str:
    return _text(answered.body, "code").replace("_", "")


def _text(body: Mapping[str, Any], name: str) -> str:
    said = body.get(name, "")
    return said if isinstance(said, str) else ""
