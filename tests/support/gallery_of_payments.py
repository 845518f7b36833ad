"""The gallery's walk through the tenders beyond cash: several at once, and each way a payment may stand."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pos_app.domain.payments import Outcome, Patience
from tests.support.payments import ALIPAY_CODE, PAID, WECHAT_CODE, ScriptedProvider
from tests.support.till import HandRegister

if TYPE_CHECKING:
    from tests.support.gallery import Stage

GOODS = ("6999999000129", "6999999000112", "6999999000228")
NEVER: Patience = Patience(password_ms=(600_000,), unknown_ms=(600_000,), reverse_ms=(600_000,))
AT_ONCE: Patience = Patience(password_ms=(), unknown_ms=(), reverse_ms=(300,))
UNKNOWN = Outcome("unknown", "no_answer")


def paying_register() -> HandRegister:
    """A register whose providers say what a scene wants."""
    provider = ScriptedProvider()
    return HandRegister(providers={"wechat": provider, "alipay": provider}, patience=NEVER)


def payment_scenes(stage: "Stage") -> Iterator[str]:
    """Walk through them."""
    provider = stage.register.providers["wechat"]
    assert isinstance(provider, ScriptedProvider)
    stage.sign_in()
    stage.scan(*GOODS)
    checkout = stage.window.checkout
    checkout.presenter.settle()
    checkout.tender.type("50")
    yield "tender-part"
    stage.scan(WECHAT_CODE)
    checkout.tender.type("20")
    checkout.tender.part.click()
    stage.settle()
    checkout.tender.card.click()
    checkout.tender.type("66")
    yield "tender-card"
    checkout.tender.type("88")
    checkout.tender.back.click()
    checkout.tender.type("10")
    checkout.tender.card.click()
    checkout.tender.type("6688")
    checkout.tender.answer()
    stage.settle()
    yield "tender-several"
    checkout.tender.back.click()
    yield "checkout-part-paid"
    checkout.presenter.settle()
    yield from _states(stage, provider)


def _states(stage: "Stage", provider: ScriptedProvider) -> Iterator[str]:
    checkout = stage.window.checkout
    paying = stage.application.desk.open_counter().paying
    provider.pays = deque([Outcome("waiting", "password")])
    stage.scan(ALIPAY_CODE)
    stage.until(lambda: checkout.payment.spinner.running)
    yield "payment-password"
    provider.queries = deque([UNKNOWN])
    checkout.payment.reverse.click()
    stage.settle()
    provider.pays = deque([Outcome("refused", "balance")])
    stage.scan(ALIPAY_CODE)
    yield "payment-refused"
    provider.pays = deque([UNKNOWN])
    stage.scan(ALIPAY_CODE)
    stage.until(lambda: checkout.payment.spinner.running)
    yield "payment-unknown"
    checkout.payment.reverse.click()
    stage.settle()
    paying._parts = replace(paying._parts, patience=AT_ONCE, simulated=True)
    checkout.payment.simulated.show()
    stage.scan(ALIPAY_CODE)
    yield "payment-undecided"
    provider.reversals = deque([UNKNOWN])
    checkout.payment.reverse.click()
    stage.until(checkout.payment.other.isVisible)
    yield "payment-stuck"
    provider.reversals, provider.pays = deque([Outcome("reversed")]), deque([PAID])
    checkout.payment.other.click()
    stage.settle()
    stage.scan(ALIPAY_CODE)
    yield "done-several"
