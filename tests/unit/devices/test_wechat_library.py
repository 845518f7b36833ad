"""WeChat Pay by a library, played by hand: what is asked of it, and what its answers and failures mean."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from pos_app.bootstrap.wechat import library_wechat
from pos_app.devices.payment.wechat import WechatPay, WechatShop
from pos_app.devices.payment.wechat_library import LibraryWechat, WechatMerchant
from pos_app.domain.errors import Refusal
from pos_app.domain.ids import TenderId
from pos_app.domain.money import Fen
from pos_app.domain.payments import Outcome, Refund

OWN = TenderId("0198f2c0a1b27c3d8e4f5a6b7c8d9e0f")
PAID = json.dumps({"trade_state": "SUCCESS", "transaction_id": "4200"})


class NewConnectionError(Exception):
    """As `urllib3` names it."""


@dataclass(slots=True)
class HandLibrary:
    """Answers what a test says, or fails so."""

    status: int = 200
    body: str | bytes = PAID
    fails: Exception | None = None
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def pay(self, **asked: Any) -> tuple[int, str | bytes]:  # noqa: ANN401 — the library's own shape
        return self._say("pay", asked)

    def query(self, *, out_trade_no: str) -> tuple[int, str | bytes]:
        return self._say("query", {"out_trade_no": out_trade_no})

    def codepay_reverse(self, out_trade_no: str) -> tuple[int, str | bytes]:
        return self._say("reverse", {"out_trade_no": out_trade_no})

    def refund(self, **asked: Any) -> tuple[int, str | bytes]:  # noqa: ANN401 — the library's own shape
        return self._say("refund", asked)

    def _say(self, what: str, asked: dict[str, Any]) -> tuple[int, str | bytes]:
        self.asked.append((what, asked))
        if self.fails is not None:
            raise self.fails
        return self.status, self.body


def provider(library: HandLibrary) -> WechatPay:
    return WechatPay(LibraryWechat(library, "CODEPAY"), WechatShop("粮油", "S001"))


def test_a_payment_is_asked_for_with_all_that_a_code_payment_needs() -> None:
    library = HandLibrary()

    assert provider(library).pay(OWN, Fen(6590), "134567890123456701") == Outcome("paid", transaction="4200")
    ((what, asked),) = library.asked
    assert what == "pay"
    assert asked == {
        "pay_type": "CODEPAY",
        "description": "粮油",
        "out_trade_no": OWN,
        "amount": {"total": 6590, "currency": "CNY"},
        "payer": {"auth_code": "134567890123456701"},
        "scene_info": {"store_info": {"id": "S001"}},
    }


def test_query_reversal_and_refund_name_the_payment() -> None:
    library = HandLibrary()
    asked = provider(library)
    asked.query(OWN)
    library.body = b""
    assert asked.reverse(OWN).answer == "reversed"
    library.body = json.dumps({"status": "PROCESSING", "refund_id": "5000"})
    assert asked.refund(Refund("R1", OWN, Fen(6590), Fen(100))) == Outcome("reversed", transaction="5000")

    assert [what for what, _ in library.asked] == ["query", "reverse", "refund"]
    assert library.asked[2][1]["amount"] == {"refund": 100, "total": 6590, "currency": "CNY"}
    assert {each["out_trade_no"] for _, each in library.asked} == {OWN}


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "AUTH_CODE_EXPIRED", Outcome("refused", "code_expired")),
        (403, "NOTENOUGH", Outcome("refused", "balance")),
        (202, "USERPAYING", Outcome("waiting", "password")),
        (500, "SYSTEM_ERROR", Outcome("unknown", "system")),
        (403, "SOMETHING_NEW", Outcome("unknown", "system")),
        (403, "ORDERPAID", Outcome("unknown", "duplicate")),
    ],
)
def test_only_what_is_documented_as_final_is_final(status: int, code: str, outcome: Outcome) -> None:
    library = HandLibrary(status, json.dumps({"code": code, "message": "…"}))
    assert provider(library).pay(OWN, Fen(1), "1") == outcome


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (Exception("failed to verify the signature"), Outcome("unknown", "no_answer")),
        (TimeoutError("read"), Outcome("unknown", "no_answer")),
        (ConnectionError(NewConnectionError("refused")), Outcome("unknown", "no_answer")),
        (NewConnectionError("refused"), Outcome("refused", "unreachable")),
    ],
)
def test_a_failure_says_that_nothing_was_charged_only_where_nothing_was_sent(
    failure: Exception, outcome: Outcome
) -> None:
    assert provider(HandLibrary(fails=failure)).pay(OWN, Fen(1), "1") == outcome


def test_the_reason_inside_a_failure_of_requests_is_looked_at() -> None:
    class MaxRetryError(Exception):
        reason = NewConnectionError("refused")

    library = HandLibrary(fails=ConnectionError(MaxRetryError()))
    assert provider(library).pay(OWN, Fen(1), "1") == Outcome("refused", "unreachable")
    assert provider(library).query(OWN) == Outcome("unknown", "unreachable")


@pytest.mark.parametrize("body", ["[1]", "<html>", '"paid"'])
def test_an_answer_that_is_no_object_is_none(body: str) -> None:
    assert provider(HandLibrary(body=body)).pay(OWN, Fen(1), "1") == Outcome("unknown", "no_answer")


def test_a_register_without_the_package_says_which_one_to_install() -> None:
    with pytest.raises(Refusal, match="payments_package") as refused:
        library_wechat(WechatMerchant("1", "wx", "S", "", "", "P", ""))
    assert refused.value.details == {"package": "wechatpayv3"}
