"""Payment providers for tests: one that says what a test wrote down, and the real adapters at a simulator."""

from collections import deque
from dataclasses import dataclass, field

from pos_app.devices.payment.alipay import Alipay, PlainAlipay
from pos_app.devices.payment.calling import PlainCaller
from pos_app.devices.payment.simulator.server import PaymentSimulator
from pos_app.devices.payment.wechat import PlainWechat, WechatPay, WechatShop
from pos_app.domain.ids import TenderId
from pos_app.domain.money import Fen
from pos_app.domain.payments import Outcome, Patience, Refund
from pos_app.domain.tender import Provider
from pos_app.services.ports import PaymentProvider

WECHAT_CODE, ALIPAY_CODE = "134567890123456701", "2876543210987654"
PAID = Outcome("paid", transaction="4200001")
SHORT = Patience(password_ms=(1,) * 5, unknown_ms=(1,) * 3, reverse_ms=(1,) * 3)
"""As patient as a test."""


@dataclass(slots=True)
class ScriptedProvider:
    """Says what was written down, in order; the last of it again and again."""

    pays: deque[Outcome] = field(default_factory=lambda: deque([PAID]))
    queries: deque[Outcome] = field(default_factory=lambda: deque([PAID]))
    reversals: deque[Outcome] = field(default_factory=lambda: deque([Outcome("reversed")]))
    refunds: deque[Outcome] = field(default_factory=lambda: deque([Outcome("reversed")]))
    asked: list[str] = field(default_factory=list)
    ids: set[TenderId] = field(default_factory=set)

    def pay(self, payment: TenderId, amount: Fen, code: str) -> Outcome:
        self.ids.add(payment)
        self.asked.append(f"pay {amount} {code}")
        return _next(self.pays)

    def query(self, payment: TenderId) -> Outcome:
        self.ids.add(payment)
        self.asked.append("query")
        return _next(self.queries)

    def reverse(self, payment: TenderId) -> Outcome:
        self.ids.add(payment)
        self.asked.append("reverse")
        return _next(self.reversals)

    def refund(self, refund: Refund) -> Outcome:
        self.asked.append(f"refund {refund.amount}")
        return _next(self.refunds)


def _next(script: deque[Outcome]) -> Outcome:
    return script.popleft() if len(script) > 1 else script[0]


def providers_at(host: str, port: int, answer_s: float = 12.0) -> dict[Provider, PaymentProvider]:
    """The real adapters, at a simulator."""
    caller = PlainCaller(host, port, answer_s)
    wechat = WechatPay(PlainWechat(caller), WechatShop("粮油", "S001"))
    return {"wechat": wechat, "alipay": Alipay(PlainAlipay(caller), "粮油", "S001")}


def providers_of(simulator: PaymentSimulator, answer_s: float = 12.0) -> dict[Provider, PaymentProvider]:
    """The real adapters, at a simulator in this process."""
    return providers_at(simulator.host, simulator.port, answer_s)
