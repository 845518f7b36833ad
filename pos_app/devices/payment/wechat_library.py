"""WeChat Pay's requests by `wechatpayv3`, which signs them and checks the answers' signatures (decision 0024).

The package is none of a shop's usual ones (`pip install granary[wechat]`), and is imported when it is set up.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pos_app.devices.payment.calling import Answered, NoAnswer

_NOT_SENT: Final = frozenset({"ConnectTimeout", "ConnectTimeoutError", "NewConnectionError", "NameResolutionError"})
"""Failures of `requests` and `urllib3` before anything went out, by name: neither is ours to import."""


class Library(Protocol):
    """As much of ``wechatpayv3.WeChatPay`` as is used; each gives HTTP's status and the body."""

    def pay(self, **asked: Any) -> tuple[int, str | bytes]:  # noqa: ANN401 — the library's own shape
        """Ask for money."""
        ...

    def query(self, *, out_trade_no: str) -> tuple[int, str | bytes]:
        """Ask how an order stands."""
        ...

    def codepay_reverse(self, out_trade_no: str) -> tuple[int, str | bytes]:
        """Reverse an order."""
        ...

    def refund(self, **asked: Any) -> tuple[int, str | bytes]:  # noqa: ANN401 — the library's own shape
        """Give back."""
        ...


@dataclass(frozen=True, slots=True)
class LibraryWechat:
    """Fits `pos_app.devices.payment.wechat.WechatApi`. ``codepay_type`` is the library's word for a code payment."""

    library: Library
    codepay_type: object

    def codepay(self, asked: Mapping[str, Any]) -> Answered:
        """Ask a customer for money."""
        return _answered(lambda: self.library.pay(pay_type=self.codepay_type, **asked))

    def order(self, own: str) -> Answered:
        """Ask how an order stands."""
        return _answered(lambda: self.library.query(out_trade_no=own))

    def reverse(self, own: str) -> Answered:
        """Reverse an order."""
        return _answered(lambda: self.library.codepay_reverse(own))

    def refund(self, asked: Mapping[str, Any]) -> Answered:
        """Give back."""
        return _answered(lambda: self.library.refund(**asked))


@dataclass(frozen=True, slots=True)
class WechatMerchant:
    """Whose money it is, and by which keys it is known (PEM)."""

    mchid: str
    appid: str
    serial: str
    private_key: str
    api_key: str
    platform_key_id: str
    platform_key: str


def _answered(call: Callable[[], tuple[int, str | bytes]]) -> Answered:
    try:
        status, body = call()
        read = json.loads(body) if body else {}
    except Exception as error:  # a bare one where a signature is wrong: no answer, and what was asked may be done
        raise NoAnswer(sent=not _never_left(error)) from error
    if not isinstance(read, dict):
        raise NoAnswer(sent=True)
    return Answered(status, read)


def _never_left(error: BaseException) -> bool:
    """Tell whether a failure came before anything was sent."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return bool({type(error).__name__, type(reason).__name__} & _NOT_SENT)
