"""A chain's own certificate authority as both ends know it: by a fingerprint that is typed behind a one-time code.

Knows no file and no line.
"""

import base64
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
        number = int.from_bytes(sha256(_only(certificate)).digest(), "big")
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
    """Part what a person typed: the one-time code as it was typed, and the fingerprint behind it, empty without one.

    Raises ``Refusal("enrol_code_unknown")`` where it is neither as long as the one nor as both: a code of which letters
    are missing must not go to whoever answers.
    """
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    if len(letters) == CODE_LETTERS:
        return text, ""
    if len(letters) != CODE_LETTERS + FINGERPRINT_LETTERS:
        raise Refusal("enrol_code_unknown", field="code")
    return in_groups(letters[:CODE_LETTERS]), letters[CODE_LETTERS:]


def trusting(certificate: str) -> ssl.SSLContext:
    """Trust this authority and no other; raise ``Refusal("authority_unreadable")``."""
    try:
        return ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(_only(certificate)))
    except (ssl.SSLError, ValueError) as error:
        raise Refusal("authority_unreadable", reason=str(error)[:120]) from error


def _only(certificate: str) -> bytes:
    """Give the bytes of the one certificate in a text; raise ``ValueError`` where there is anything beside it.

    Lenient readers take what they like of a text: one hashes the first certificate, another trusts all of them.
    """
    text = certificate.strip()
    inside = text.removeprefix(ssl.PEM_HEADER).removesuffix(ssl.PEM_FOOTER)
    if len(text) - len(inside) != len(ssl.PEM_HEADER) + len(ssl.PEM_FOOTER):
        raise ValueError("not one certificate (PEM) and nothing else")
    return base64.b64decode("".join(inside.split()), validate=True)
