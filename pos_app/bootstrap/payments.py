"""A register's payment providers: none, or both simulated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pos_app.bootstrap.program import granary_command
from pos_app.domain.errors import Refusal
from pos_app.domain.tender import Provider
from pos_app.services.ports import PaymentProvider
from pos_app.store.register_folder import RegisterFolder

SIMULATED = "simulator"
NOBODY = "none"


@dataclass(frozen=True, slots=True)
class JoinedPayments:
    """Who can be asked for money here, and what to do at the end."""

    providers: Mapping[Provider, PaymentProvider] = field(default_factory=dict)
    simulated: bool = False
    close: Callable[[], None] = lambda: None


def join_payments(folder: RegisterFolder, payments: str, store: str) -> JoinedPayments:
    """Join providers named as ``none`` or ``simulator``; raise ``Refusal("payments_unknown")`` for any other word."""
    if payments == NOBODY:
        return JoinedPayments()
    if payments != SIMULATED:
        raise Refusal("payments_unknown", text=payments)
    from pos_app.devices.payment.alipay import Alipay, PlainAlipay
    from pos_app.devices.payment.simulator.port import SimulatorCaller
    from pos_app.devices.payment.wechat import PlainWechat, WechatPay, WechatShop

    caller = SimulatorCaller(granary_command(), folder.simulated_payments)
    providers: dict[Provider, PaymentProvider] = {
        "wechat": WechatPay(PlainWechat(caller), WechatShop(store, store)),
        "alipay": Alipay(PlainAlipay(caller), store, store),
    }
    return JoinedPayments(providers, simulated=True, close=caller.close)
