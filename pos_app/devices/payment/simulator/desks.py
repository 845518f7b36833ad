"""The simulated providers' counters: WeChat Pay's v3 paths and Alipay's gateway, with their documented codes.

A desk takes what was asked and gives a status and a JSON object, or None: the line breaks without an answer.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from pos_app.devices.payment.simulator.charging import Verdict, charge
from pos_app.devices.payment.simulator.customers import SLOW_S, Customer, customer_of
from pos_app.devices.payment.simulator.ledger import Ledger, Trade
from pos_app.domain.errors import Refusal
from pos_app.domain.money import parse_yuan

_ONE_TRADE: Final = re.compile(r"/v3/pay/transactions/out-trade-no/(?P<own>[^/?]+)(?P<reverse>/reverse)?(?:\?.*)?")
_WECHAT_REFUSALS: Final = {
    Verdict.ASKED: (202, "USERPAYING"),
    Verdict.UNKNOWN: (500, "SYSTEM_ERROR"),
    Verdict.POOR: (403, "NOT_ENOUGH"),
    Verdict.LATE: (400, "AUTH_CODE_EXPIRED"),
    Verdict.CODE_USED: (400, "AUTH_CODE_INVALID"),
    Verdict.DIFFERS: (403, "OUT_TRADE_NO_USED"),
    Verdict.CLOSED: (400, "ORDER_CLOSED"),
}
_WECHAT_STATES: Final = {
    "asked": "USERPAYING",
    "charged": "SUCCESS",
    "declined": "PAYERROR",
    "reversed": "REVOKED",
}
_ALIPAY_REFUSALS: Final = {
    Verdict.POOR: "ACQ.BUYER_BALANCE_NOT_ENOUGH",
    Verdict.LATE: "ACQ.PAYMENT_AUTH_CODE_INVALID",
    Verdict.CODE_USED: "ACQ.PAYMENT_AUTH_CODE_INVALID",
    Verdict.DIFFERS: "ACQ.CONTEXT_INCONSISTENT",
    Verdict.CLOSED: "ACQ.TRADE_HAS_CLOSE",
}
_ALIPAY_STATES: Final = {"asked": "WAIT_BUYER_PAY", "charged": "TRADE_SUCCESS"}


@dataclass(frozen=True, slots=True)
class Reply:
    """HTTP's status, a JSON object, and how long the answer takes."""

    status: int
    body: Mapping[str, Any]
    after_s: float = 0.0


class WechatDesk:
    """WeChat Pay, API v3."""

    def __init__(self, ledger: Ledger) -> None:
        """Stand over the books."""
        self._ledger = ledger

    def answer(self, method: str, path: str, body: Mapping[str, Any]) -> Reply | None:
        """Answer a request."""
        desks = {
            ("POST", "/v3/pay/transactions/codepay"): self._pay,
            ("POST", "/v3/refund/domestic/refunds"): self._refund,
        }
        desk, one = desks.get((method, path)), _ONE_TRADE.fullmatch(path)
        if desk is not None:
            return desk(body)
        if one is None:
            return Reply(404, _error("RESOURCE_NOT_EXISTS"))
        if one["reverse"] and method == "POST":
            self._ledger.reverse("wechat", one["own"])
            return Reply(200, {"out_trade_no": one["own"]})
        return self._query(one["own"])

    def _pay(self, body: Mapping[str, Any]) -> Reply | None:
        own, total, code = body["out_trade_no"], body["amount"]["total"], body["payer"]["auth_code"]
        verdict = charge(self._ledger, "wechat", own, total, code=code)
        if verdict is Verdict.SILENCE:
            return None
        if verdict in _WECHAT_REFUSALS:
            status, refused = _WECHAT_REFUSALS[verdict]
            return Reply(status, _error(refused))
        trade = self._ledger.query("wechat", own)
        return None if trade is None else Reply(200, _order(trade), _takes_s(code))

    def _query(self, own: str) -> Reply:
        trade = self._ledger.query("wechat", own)
        if trade is None:
            return Reply(404, _error("ORDER_NOT_EXIST"))
        return Reply(500, _error("SYSTEM_ERROR")) if _is_unknown(trade) else Reply(200, _order(trade))

    def _refund(self, body: Mapping[str, Any]) -> Reply:
        own, trade, amount = body["out_refund_no"], body["out_trade_no"], body["amount"]["refund"]
        if self._ledger.refund("wechat", own, trade, amount):
            return Reply(200, {"status": "PROCESSING", "refund_id": f"SIMR{own}", "out_refund_no": own})
        return Reply(400, _error("INVALID_REQUEST"))


class AlipayDesk:
    """Alipay's gateway."""

    def __init__(self, ledger: Ledger) -> None:
        """Stand over the books."""
        self._ledger = ledger

    def answer(self, form: str) -> Reply | None:
        """Answer a form: its ``method``, its ``biz_content``."""
        asked = parse_qs(form)
        method = asked["method"][0]
        content = json.loads(asked["biz_content"][0])
        desks = {"pay": self._pay, "query": self._query, "cancel": self._cancel, "refund": self._refund}
        desk = desks.get(method.removeprefix("alipay.trade."))
        said = _failed("isv.invalid-method") if desk is None else desk(content)
        if said is None:
            return None
        envelope = {f"{method.replace('.', '_')}_response": said, "sign": "SIMULATED"}
        return Reply(200, envelope, _takes_s(content.get("auth_code", "")))

    def _pay(self, content: Mapping[str, Any]) -> Mapping[str, Any] | None:
        own, amount = content["out_trade_no"], parse_yuan(content["total_amount"])
        verdict = charge(self._ledger, "alipay", own, amount, code=content["auth_code"])
        if verdict is Verdict.SILENCE:
            return None
        if verdict is Verdict.UNKNOWN:
            return _unavailable()
        if verdict in _ALIPAY_REFUSALS:
            return _failed(_ALIPAY_REFUSALS[verdict])
        code = "10003" if verdict is Verdict.ASKED else "10000"
        return {"code": code, "msg": "Success", "out_trade_no": own, "trade_no": f"SIM{own.upper()}"}

    def _query(self, content: Mapping[str, Any]) -> Mapping[str, Any]:
        trade = self._ledger.query("alipay", content["out_trade_no"])
        if trade is None:
            return _failed("ACQ.TRADE_NOT_EXIST")
        if _is_unknown(trade):
            return _unavailable()
        status = _ALIPAY_STATES.get(trade.state, "TRADE_CLOSED")
        return {"code": "10000", "msg": "Success", "trade_no": trade.transaction, "trade_status": status}

    def _cancel(self, content: Mapping[str, Any]) -> Mapping[str, Any]:
        trade = self._ledger.reverse("alipay", content["out_trade_no"])
        return {"code": "10000", "msg": "Success", "out_trade_no": trade.own, "retry_flag": "N", "action": "refund"}

    def _refund(self, content: Mapping[str, Any]) -> Mapping[str, Any]:
        own, trade, amount = content["out_request_no"], content["out_trade_no"], parse_yuan(content["refund_amount"])
        if self._ledger.refund("alipay", own, trade, amount):
            return {"code": "10000", "msg": "Success", "out_trade_no": trade, "fund_change": "Y"}
        return _failed("ACQ.REASON_TRADE_REFUND_FEE_ERR")


def _order(trade: Trade) -> Mapping[str, Any]:
    return {
        "out_trade_no": trade.own,
        "transaction_id": trade.transaction,
        "trade_type": "MICROPAY",
        "trade_state": _WECHAT_STATES[trade.state],
        "amount": {"total": trade.amount, "currency": "CNY"},
    }


def _is_unknown(trade: Trade) -> bool:
    return trade.customer is Customer.NEVER_KNOWN and trade.state == "charged"


def _takes_s(code: str) -> float:
    return SLOW_S if customer_of(code) is Customer.SLOW_ANSWER else 0.0


def _error(code: str) -> Mapping[str, Any]:
    return {"code": code, "message": f"simulated: {code}"}


def _failed(sub_code: str) -> Mapping[str, Any]:
    return {"code": "40004", "msg": "Business Failed", "sub_code": sub_code, "sub_msg": f"simulated: {sub_code}"}


def _unavailable() -> Mapping[str, Any]:
    return {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "ACQ.SYSTEM_ERROR"}


MALFORMED: Final = (ValueError, KeyError, TypeError, AttributeError, Refusal)
"""What a desk raises at a request that is not of the provider's form."""
