"""What a scanned code means: which kind of thing it is for us.

It knows goods' GTINs, signed codes and customers' payment codes; scale labels and element strings join later, each as
one more kind here. Parsing GS1 is `biip`'s job, but of a GTIN we need the check digit alone: `biip` holds the
prefixes of all companies of the world, which would be a sixth of a register's memory and of its start. A test holds
the two against each other.
"""

from dataclasses import dataclass

from pos_app.domain.tender import Provider
from pos_app.domain.tokens import PREFIX

MAX_CODE_LENGTH = 512
"""Longer than any code that we issue or read; more is noise on the line."""

_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_IN_STORE_PREFIXES = tuple(str(number) for number in range(20, 30))
_EAN_13, _GTIN_14 = 13, 14
_WECHAT_LENGTH, _WECHAT_PREFIXES = 18, tuple(str(number) for number in range(10, 16))
_ALIPAY_LENGTHS, _ALIPAY_PREFIXES = range(16, 25), tuple(str(number) for number in range(25, 31))


@dataclass(frozen=True, slots=True)
class GoodsCode:
    """A GTIN of any length with a right check digit. ``key`` is how the catalog finds it (GTIN-14)."""

    text: str
    key: str
    format: str


@dataclass(frozen=True, slots=True)
class InStoreCode:
    """A 13-digit code of the chain's own making (GS1 prefix 20-29): a scale label or a house number."""

    text: str
    key: str


@dataclass(frozen=True, slots=True)
class MisreadCode:
    """Digits in the form of a GTIN whose check digit is wrong: scan again."""

    text: str


@dataclass(frozen=True, slots=True)
class SignedCode:
    """A code that headquarters signed (`domain.tokens`): a member's, a coupon's."""

    text: str
    key: str


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """What a customer's phone shows to pay: good once and for a minute, so it is neither kept nor written anywhere."""

    text: str
    key: str
    provider: Provider


@dataclass(frozen=True, slots=True)
class OtherCode:
    """Anything else: an own number, a card, a stranger's code. Looked up as it is."""

    text: str
    key: str


ScannedCode = GoodsCode | InStoreCode | SignedCode | PaymentCode | MisreadCode | OtherCode


def decode(text: str) -> ScannedCode:
    """Say what a scanned text is. Never raises: a strange code is an `OtherCode`."""
    code = text.strip()[:MAX_CODE_LENGTH]
    if code[: len(PREFIX)].upper() == PREFIX:
        whole = code.upper()  # Base45 has no lower case; a scanner has, where Caps Lock is on
        return SignedCode(whole, whole)
    provider = _provider_of(code)
    if provider is not None:
        return PaymentCode(code, code, provider)
    if len(code) not in _GTIN_LENGTHS or not (code.isascii() and code.isdigit()):
        return OtherCode(code, code)
    if int(code[-1]) != check_digit(code[:-1]):
        return MisreadCode(code)
    key = code.zfill(_GTIN_14)
    if len(code) == _EAN_13 and code.startswith(_IN_STORE_PREFIXES):
        return InStoreCode(code, key)
    return GoodsCode(code, key, _format(code))


def lookup_key(code: str) -> str:
    """Give the one form under which a code is kept and found: GTIN-14 for every GTIN, else the text itself."""
    scanned = decode(code)
    return scanned.text if isinstance(scanned, MisreadCode) else scanned.key


def check_digit(digits: str) -> int:
    """Give the last digit of a GTIN by those before it: with each second one counted three times, they add up to tens.

    GS1 General Specifications, section 7.9.1.
    """
    return -(3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))) % 10


def _provider_of(code: str) -> Provider | None:
    """Tell whose payment code it is: WeChat Pay's have 18 digits from 10 to 15, Alipay's 16 to 24 from 25 to 30."""
    if not (code.isascii() and code.isdigit()):
        return None
    if len(code) == _WECHAT_LENGTH and code.startswith(_WECHAT_PREFIXES):
        return "wechat"
    return "alipay" if len(code) in _ALIPAY_LENGTHS and code.startswith(_ALIPAY_PREFIXES) else None


def _format(gtin: str) -> str:
    """Name the format: what is left of leading zeros, in the lengths that there are."""
    significant = len(gtin.lstrip("0"))
    return f"GTIN-{next(length for length in sorted(_GTIN_LENGTHS) if significant <= length)}"
