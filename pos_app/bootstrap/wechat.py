"""Joins the library that signs for WeChat Pay. Loaded where a merchant is set up, and nowhere else."""

from pos_app.devices.payment.calling import ANSWER_S, CONNECT_S
from pos_app.devices.payment.wechat_library import LibraryWechat, WechatMerchant
from pos_app.domain.errors import Refusal


def library_wechat(merchant: WechatMerchant) -> LibraryWechat:
    """Join the library; raise ``Refusal("payments_package")`` where it is not installed, ``payments_keys`` where it
    cannot use the keys. Nothing is asked of the line.
    """
    try:
        from wechatpayv3 import WeChatPay, WeChatPayType
    except ModuleNotFoundError as error:
        raise Refusal("payments_package", package=str(error.name)) from error
    try:
        library = WeChatPay(
            wechatpay_type=WeChatPayType.CODEPAY,
            mchid=merchant.mchid,
            private_key=merchant.private_key,
            cert_serial_no=merchant.serial,
            appid=merchant.appid,
            apiv3_key=merchant.api_key,
            public_key=merchant.platform_key,
            public_key_id=merchant.platform_key_id,
            timeout=(CONNECT_S, ANSWER_S),
        )
    except ValueError as error:
        raise Refusal("payments_keys", reason=str(error)) from error
    return LibraryWechat(library, WeChatPayType.CODEPAY)
