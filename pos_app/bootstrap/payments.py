"""A register's payment providers: none, both simulated, or WeChat Pay by the merchant that a file names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pos_app.bootstrap.program import granary_command
from pos_app.domain.errors import Refusal
from pos_app.domain.tender import Provider
from pos_app.services.ports import PaymentProvider
from pos_app.store.register_folder import RegisterFolder

SIMULATED = "simulator"
CONFIGURED = "configured"
NOBODY = "none"


@dataclass(frozen=True, slots=True)
class JoinedPayments:
    """Who can be asked for money here, and what to do at the end."""

    providers: Mapping[Provider, PaymentProvider] = field(default_factory=dict)
    simulated: bool = False
    trouble: Refusal | None = None
    """Why nobody can be asked, though somebody was set up."""
    close: Callable[[], None] = lambda: None


def join_payments(folder: RegisterFolder, payments: str, store: str) -> JoinedPayments:
    """Join providers named as ``none``, ``simulator`` or ``configured`` (by ``payments.toml`` in the folder).

    Raises:
        Refusal: ``payments_unknown`` for any other word; what `read_payments_file` and `library_wechat` refuse.

    """
    if payments == NOBODY:
        return JoinedPayments()
    if payments == CONFIGURED:
        return _configured(folder, store)
    if payments != SIMULATED:
        raise Refusal("payments_unknown", text=payments)
    return _simulated(folder, store)


def join_or_say_why(folder: RegisterFolder, payments: str, store: str) -> JoinedPayments:
    """Join providers; what is wrong with how they are set up is told to who sells, and keeps nobody from selling."""
    try:
        return join_payments(folder, payments, store)
    except Refusal as trouble:
        return JoinedPayments(trouble=trouble)


def _configured(folder: RegisterFolder, store: str) -> JoinedPayments:
    from pos_app.bootstrap.payments_file import read_payments_file
    from pos_app.bootstrap.wechat import library_wechat
    from pos_app.devices.payment.wechat import WechatPay, WechatShop

    api = library_wechat(read_payments_file(folder.payments))
    return JoinedPayments({"wechat": WechatPay(api, WechatShop(store, store))})


def _simulated(folder: RegisterFolder, store: str) -> JoinedPayments:
    from pos_app.devices.payment.alipay import Alipay, PlainAlipay
    from pos_app.devices.payment.simulator.port import SimulatorCaller
    from pos_app.devices.payment.wechat import PlainWechat, WechatPay, WechatShop

    caller = SimulatorCaller(granary_command(), folder.simulated_payments)
    providers: dict[Provider, PaymentProvider] = {
        "wechat": WechatPay(PlainWechat(caller), WechatShop(store, store)),
        "alipay": Alipay(PlainAlipay(caller), store, store),
    }
    return JoinedPayments(providers, simulated=True, close=caller.close)
