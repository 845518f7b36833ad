"""A chain's own certificate authority as both ends know it: by a fingerprint that is typed behind a one-time code.

Knows no file and no line.
"""

import ssl
from hashlib import sha256
from typing import Final

from pos_app.domain.errors import Refusal

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""None that is mistaken for another when it is read out."""
GROUP_LETTERS: Final = 4
CODE_LETTERS: Final = 12
FINGERPRINT_LETTERS: Final = 16
"""Of 31 each, 79 bits: nobody makes another authority with the same in the life of a code, or in his own."""


def fingerprint(certificate: str) -> str:
    """Give the fingerprint of an authority's certificate (PEM); raise ``Refusal("authority_unreadable")``."""
    try:
        number = int.from_bytes(sha256(ssl.PEM_cert_to_DER_cert(certificate)).digest(), "big")
    except ValueError as error:
        raise Refusal("authority_unreadable", reason=str(error)[:120]) from error
    letters = ""
    for _ in range(FINGERPRINT_LETTERS):
        number, letter = divmod(number, len(LETTERS))
        letters += LETTERS[letter]
    return letters


def in_groups(letters: str) -> str:
    """Write letters as they are read out."""
    return "-".join(letters[at : at + GROUP_LETTERS] for at in range(0, len(letters), GROUP_LETTERS))


def split_code(text: str) -> tuple[str, str]:
    """Part what a person typed: the one-time code as it was typed, and the fingerprint behind it, empty without one."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    if len(letters) != CODE_LETTERS + FINGERPRINT_LETTERS:
        return text, ""
    return in_groups(letters[:CODE_LETTERS]), letters[CODE_LETTERS:]


def trusting(certificate: str) -> ssl.SSLContext:
    """Trust this authority and no other; raise ``Refusal("authority_unreadable")``."""
    try:
        return ssl.create_default_context(cadata=certificate)
    except (ssl.SSLError, ValueError) as error:
        raise Refusal("authority_unreadable", reason=str(error)[:120]) from error
