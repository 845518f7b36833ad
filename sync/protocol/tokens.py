"""Signed codes on the wire: ``GR1:`` and, in Base45, an Ed25519 signature (64 bytes) before what it covers.

What it covers is a MessagePack array: kind, key id, issued and until (whole seconds since 1970), nonce, subject, and
what is said of the subject. Some 190 characters for a member, which a QR code of 57 modules holds. Both ends use this
module; it reads no clock and makes no randomness.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated, Final, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from pos_app.domain.tokens import PREFIX, Token, TokenKind
from sync.protocol import base45

SIGNATURE_BYTES: Final = 64
KEY_ID_BYTES: Final = 4
NONCE_BYTES: Final = 6
MAX_SUBJECT: Final = 64
_A_SECOND: Final = 1_000_000
"""In the microseconds of an instant."""
_STATEMENT: Final = b"granary-token-1\n"
_SHORT: Final[Mapping[TokenKind, Literal["m", "c", "p"]]] = {
    TokenKind.MEMBER: "m",
    TokenKind.COUPON: "c",
    TokenKind.PICK_UP: "p",
}
_LONG: Final = {short: kind for kind, short in _SHORT.items()}

Seconds = Annotated[int, msgspec.Meta(ge=0, lt=2**40)]


class _Covered(msgspec.Struct, frozen=True, array_like=True):
    """What the signature covers."""

    kind: Literal["m", "c", "p"]
    key: Annotated[bytes, msgspec.Meta(min_length=KEY_ID_BYTES, max_length=KEY_ID_BYTES)]
    issued: Seconds
    until: Seconds
    nonce: Annotated[bytes, msgspec.Meta(min_length=NONCE_BYTES, max_length=NONCE_BYTES)]
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SUBJECT)]
    about: dict[str, str] = {}


_DECODER: Final = msgspec.msgpack.Decoder(_Covered)
PublicKeys = Mapping[str, Ed25519PublicKey]
"""Key ids to the public halves of headquarters' keys."""


def key_id(key: Ed25519PublicKey) -> str:
    """Name a key by itself: eight hexadecimal digits."""
    return blake2b(key.public_bytes_raw(), digest_size=KEY_ID_BYTES, person=b"granary-token").hexdigest()


def write_token(token: Token, key: Ed25519PrivateKey) -> str:
    """Sign what a code says and write it out. Instants are cut to whole seconds."""
    covered = msgspec.msgpack.encode(
        _Covered(
            kind=_SHORT[token.kind],
            key=bytes.fromhex(key_id(key.public_key())),
            issued=token.issued // _A_SECOND,
            until=token.until // _A_SECOND,
            nonce=bytes.fromhex(token.nonce),
            subject=token.subject,
            about=dict(token.about),
        )
    )
    return PREFIX + base45.encode(key.sign(_STATEMENT + covered) + covered)


def read_token(text: str, keys: PublicKeys) -> Token:
    """Read a code that one of these keys signed; whether it is still good is the caller's to ask.

    Raises ``Refusal`` with ``token_unreadable``, ``token_key_unknown`` (another chain's, or a key that has not come
    yet) or ``token_forged``.
    """
    signature, covered = _taken_apart(text)
    try:
        said = _DECODER.decode(covered)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refusal("token_unreadable") from error
    key = keys.get(said.key.hex())
    if key is None:
        raise Refusal("token_key_unknown", key=said.key.hex())
    try:
        key.verify(signature, _STATEMENT + covered)
    except InvalidSignature as error:
        raise Refusal("token_forged") from error
    return Token(
        kind=_LONG[said.kind],
        subject=said.subject,
        issued=Instant(said.issued * _A_SECOND),
        until=Instant(said.until * _A_SECOND),
        nonce=said.nonce.hex(),
        about=said.about,
    )


def _taken_apart(text: str) -> tuple[bytes, bytes]:
    if not text.startswith(PREFIX):
        raise Refusal("token_unreadable")
    try:
        data = base45.decode(text.removeprefix(PREFIX))
    except ValueError as error:
        raise Refusal("token_unreadable") from error
    if len(data) <= SIGNATURE_BYTES:
        raise Refusal("token_unreadable")
    return data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
