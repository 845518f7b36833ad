"""Registering a member (入会): what is asked, how a phone is written, and the fact that says so.

Pure; knows no clock and makes no id.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import MemberId, StoreId
from pos_app.domain.ledger import Pending, registered_key
from pos_app.domain.members import Member

FACT_KIND: Final = "member_registered"
FACT_VERSION: Final = 1
MOST_NAME_LETTERS: Final = 40
MONTHS: Final = 12

_MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)
_MOBILE_DIGITS, _WITH_COUNTRY_DIGITS = 11, 13


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person says of themselves, as typed. ``consent`` is the version of the wording that they agreed to."""

    name: str
    phone: str
    consent: str
    birth_month: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """A person who becomes a member here and now. The id is made at the register."""

    member: MemberId
    name: str
    phone: str
    consent: str
    store: StoreId
    birth_month: int | None = None

    def body(self) -> dict[str, Any]:
        """Give the fact's body."""
        return {
            "member": self.member,
            "name": self.name,
            "phone": self.phone,
            "consent": self.consent,
            "store": self.store,
            "birth_month": self.birth_month,
        }

    def to_member(self) -> Member:
        """Give the member as the register shows one before headquarters has spoken."""
        return Member(self.member, self.name, phone=self.phone, home_store=self.store)


def register(asked: Asked, member: MemberId, store: StoreId) -> Registration:
    """Check what was typed.

    Raises ``Refusal`` with ``member_name``, ``phone_format``, ``birth_month`` or ``consent_missing``.
    """
    name = " ".join(asked.name.split())
    if not name or len(name) > MOST_NAME_LETTERS:
        raise Refusal("member_name", field="name", most=MOST_NAME_LETTERS)
    phone = plain_phone(asked.phone)
    if not _MOBILE.fullmatch(phone):
        raise Refusal("phone_format", field="phone", text=asked.phone)
    if not asked.consent:
        raise Refusal("consent_missing", field="consent")
    return Registration(member, name, phone, asked.consent, store, _month(asked.birth_month.strip()))


def plain_phone(text: str) -> str:
    """Write a phone as its digits alone, without the country's 86: the one form in which it is compared."""
    digits = "".join(each for each in text if each.isascii() and each.isdigit())
    if len(digits) > _MOBILE_DIGITS:
        digits = digits.removeprefix("00")
    return digits.removeprefix("86") if len(digits) == _WITH_COUNTRY_DIGITS else digits


def read_registration(body: Mapping[str, Any]) -> Registration:
    """Read the body of a fact that this register wrote."""
    return Registration(
        MemberId(body["member"]), body["name"], body["phone"], body["consent"], body["store"], body["birth_month"]
    )


def pending_of_registration(body: Mapping[str, Any]) -> list[Pending]:
    """Say that the member waits for headquarters to know it."""
    return [Pending(registered_key(MemberId(body["member"])), 1)]


def _month(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MONTHS):
        raise Refusal("birth_month", field="birth_month", text=text)
    return int(text)
