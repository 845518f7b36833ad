"""GS1 element strings taken apart by `biip`; fits `pos_app.services.ports.ElementReader`."""

from datetime import date
from decimal import Decimal
from typing import Final

import biip
from biip import ParseError
from biip.gs1_element_strings import GS1ElementString, GS1ElementStrings
from biip.gs1_messages import GS1Message

from pos_app.domain.codes import lookup_key
from pos_app.domain.element_strings import Elements
from pos_app.domain.errors import Refusal
from pos_app.domain.quantity import Quantity

_GOODS: Final = ("01", "02")
_LOT: Final = "10"
_LAST_DAYS: Final = ("15", "16", "17")
"""Best before, sell by, expiry."""
_WEIGHTS: Final = tuple(f"310{decimals}" for decimals in range(6))
_COUNTS: Final = ("30", "37")


def read_elements(text: str) -> Elements:
    """Take an element string, a spoken one (with brackets) or a Digital Link apart.

    Raises:
        Refusal: ``elements_unreadable`` with the reason, ``elements_no_goods``, ``code_misread`` (check digit).

    """
    found = {each.ai.ai: each for each in _strings(text)}
    goods = next((found[ai] for ai in _GOODS if ai in found), None)
    if goods is None:
        raise Refusal("elements_no_goods", text=text)
    if goods.gtin is None:
        raise Refusal("code_misread", text=goods.value)
    days = [day for ai in _LAST_DAYS if ai in found and (day := _day_of(found[ai])) is not None]
    weight = next((found[ai].decimal for ai in _WEIGHTS if ai in found), None)
    count = next((int(found[ai].value) for ai in _COUNTS if ai in found), None)
    return Elements(
        key=lookup_key(goods.value),
        lot=found[_LOT].value if _LOT in found else None,
        until=min(days, default=None),
        weight=None if weight is None else _grams(weight),
        count=count or None,
    )


def _strings(text: str) -> GS1ElementStrings:
    if text.startswith("("):
        try:
            return GS1Message.parse_hri(text).element_strings
        except ParseError as error:
            raise _unreadable(text, str(error)) from error
    try:
        parsed = biip.parse(text)
    except ParseError as error:
        raise _unreadable(text, str(error)) from error
    message = parsed.gs1_message or parsed.gs1_digital_link_uri
    if message is None:
        raise _unreadable(text, parsed.gs1_message_error or parsed.gs1_digital_link_uri_error or "")
    return message.element_strings


def _unreadable(text: str, reason: str) -> Refusal:
    return Refusal("elements_unreadable", text=text, reason=reason)


def _day_of(element: GS1ElementString) -> date | None:
    return element.date


def _grams(weight: Decimal) -> Quantity:
    return Quantity(int((weight * 1000).to_integral_value()))
