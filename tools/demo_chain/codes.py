"""The codes on the demo's goods and cards. Check digits are by GS1 General Specifications §7.9.1."""

from biip.checksums import gs1_standard_check_digit

_GTIN_LENGTHS = (8, 12, 13, 14)
EAN_13_BODY_DIGITS = 12


def with_check_digit(body: str) -> str:
    """Add the check digit."""
    return f"{body}{gs1_standard_check_digit(body)}"


def ean_13(company_prefix: str, item: str) -> str:
    """Make a product's code from its brand's prefix and its own item number, twelve digits together."""
    return with_check_digit(company_prefix + item)


def case_code(indicator: int, ean: str) -> str:
    """Make the GTIN-14 (printed as ITF-14) of a grouping from the code of what is in it."""
    return with_check_digit(f"{indicator}{ean[:EAN_13_BODY_DIGITS]}")


def card_code(number: int) -> str:
    """Make a member card's text (Code 128). No bare digits: it can be taken for no goods and no scale label."""
    return "SHC" + with_check_digit(f"{number:08d}")


def gtin_fault(code: str) -> str:
    """Say what is wrong with a GTIN that a person typed; empty when it is right."""
    if not (code.isascii() and code.isdigit() and len(code) in _GTIN_LENGTHS):
        return f"{code!r} is not a code of 8, 12, 13 or 14 digits"
    right = with_check_digit(code[:-1])
    return "" if code == right else f"{code!r} has a wrong check digit, right is {right!r}"


def gtin_key(code: str) -> str:
    """Bring a GTIN to the one form in which two spellings of a code are equal."""
    return code.zfill(14)
