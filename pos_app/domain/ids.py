"""Identities: types for each kind, UUIDv7 made from a given instant, receipt numbers.

Knows no clock and no randomness: both are handed in.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import NewType, Self
from uuid import UUID

from pos_app.domain.errors import Refusal

StoreId = NewType("StoreId", str)
DeviceId = NewType("DeviceId", str)
"""A register's name in the chain: its store and its number, ``S001-R1``."""
OperatorId = NewType("OperatorId", str)
MemberId = NewType("MemberId", str)
CouponId = NewType("CouponId", str)
Sku = NewType("Sku", str)
BasketId = NewType("BasketId", str)
SaleId = NewType("SaleId", str)
TenderId = NewType("TenderId", str)
"""A tender that was taken; of a payment the merchant's own number (``out_trade_no``), 32 letters and digits."""

RANDOM_BYTES = 10
_RECEIPT = re.compile(r"(?P<device>[A-Z0-9]+-R\d+)-(?P<day>\d{8})-(?P<number>\d{4,})")


def uuid7(at_ms: int, random: bytes) -> UUID:
    """Build a UUIDv7 (RFC 9562 §5.7) from milliseconds since 1970 and ten random bytes."""
    if len(random) != RANDOM_BYTES:
        raise AssertionError("a UUIDv7 takes ten random bytes")
    value = (at_ms & ((1 << 48) - 1)) << 80 | int.from_bytes(random, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def device_id(store: StoreId, number: int) -> DeviceId:
    """Name a register: ``S001`` and 1 make ``S001-R1``."""
    return DeviceId(f"{store}-R{number}")


@dataclass(frozen=True, slots=True)
class ReceiptNumber:
    """A receipt's number, gapless per register and business date: ``S001-R1-20260618-0042``."""

    device: DeviceId
    business_date: date
    number: int

    def __str__(self) -> str:
        """Write it as it is printed."""
        return f"{self.device}-{self.business_date:%Y%m%d}-{self.number:04d}"

    def later(self, by: int) -> Self:
        """Give the number so many behind it, of the same day."""
        return type(self)(self.device, self.business_date, self.number + by)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a printed number; raise ``Refusal("receipt_format")`` when it is not one."""
        match = _RECEIPT.fullmatch(text.strip().upper())
        if match is None:
            raise Refusal("receipt_format", text=text)
        day = match["day"]
        try:
            business_date = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        except ValueError as error:
            raise Refusal("receipt_format", text=text) from error
        return cls(DeviceId(match["device"]), business_date, int(match["number"]))
