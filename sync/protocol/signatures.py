"""Who asks, and that nobody changed the question: requests signed by RFC 9421 (Ed25519), chain heads signed beside.

Both ends use this module. It reads no clock and makes no randomness: time, nonces and the memory of nonces are
handed in. A signature covers method, path, query and the digest of the body as sent (RFC 9530); not the authority,
which a gateway may rewrite: a device's key is pinned at one headquarters only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import HASH_BYTES, ChainHead, Position

TAG = "granary-device-1"
LABEL = "device"
COVERED = ("@method", "@path", "@query")
COVERED_IF_SENT = "content-encoding"
"""Covered where it is sent: a body whose encoding got lost on the way would be read as something else."""
WINDOW = timedelta(minutes=5)
"""How far from headquarters' own time a signature may be made, before or after."""

HEAD_HEADER = "Granary-Head"
"""``epoch seq hash signature`` (hex) of the newest fact in a push, signed by the chain's owner."""

_ORIGIN = "https://granary.invalid"  # a signed URL must be absolute; its authority is not covered

KeyOf = Callable[[str], Ed25519PublicKey | None]
"""Finds a device's pinned key."""


def new_key() -> Ed25519PrivateKey:
    """Make a device's key."""
    return Ed25519PrivateKey.generate()


def write_key(key: Ed25519PrivateKey) -> bytes:
    """Write a private key as PEM (PKCS 8, not encrypted: the file's rights guard it)."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def read_key(pem: bytes) -> Ed25519PrivateKey:
    """Read a private key; raise ``Refusal("device_key_unreadable")`` when it is not one of ours."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise Refusal("device_key_unreadable") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Refusal("device_key_unreadable")
    return key


def public_hex(key: Ed25519PrivateKey) -> str:
    """Write the public half as it goes on the wire."""
    return key.public_key().public_bytes_raw().hex()


def public_key(text: str) -> Ed25519PublicKey:
    """Read a public key from hex; raise ``Refusal("public_key_format")`` when it is not one."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
    except ValueError as error:
        raise Refusal("public_key_format", field="public_key") from error


@dataclass(slots=True)
class RequestParts:
    """A request as the signature sees it. ``target`` is path and query exactly as sent, percent-encoded."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def url(self) -> str:
        """Give the absolute URL that RFC 9421 speaks of."""
        return _ORIGIN + self.target


@dataclass(frozen=True, slots=True)
class Signed:
    """What a verified signature says: who signed, when, and the nonce."""

    device: str
    created: datetime
    nonce: str


def sign_request(
    parts: RequestParts, body: bytes, *, device: str, key: Ed25519PrivateKey, created: datetime, nonce: str
) -> Mapping[str, str]:
    """Give the headers to add: ``Content-Digest``, ``Signature-Input``, ``Signature``."""
    encoded = {name: value for name, value in parts.headers.items() if name.lower() == COVERED_IF_SENT}
    signed = RequestParts(parts.method, parts.target, encoded)
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={device: key}),
    )
    signer.sign(
        signed,
        key_id=device,
        created=created,
        nonce=nonce,
        label=LABEL,
        tag=TAG,
        covered_component_ids=(*COVERED, COVERED_IF_SENT) if encoded else COVERED,
        body=body,
    )
    return signed.headers


def verify_request(parts: RequestParts, body: bytes | None, *, key_of: KeyOf, now: datetime) -> Signed:
    """Check a request at headquarters. The nonce is the caller's to remember for twice `WINDOW` (`NonceMemory`).

    Without a body its digest is signed all the same: the caller holds it against the body once that is there.

    Raises ``Refusal`` with ``signature_missing``, ``device_unknown``, ``signature_stale`` (the answer carries
    headquarters' time, so that a wrong clock can sign again) or ``signature_invalid``.
    """
    if not {"signature", "signature-input"} <= {name.lower() for name in parts.headers}:
        raise Refusal("signature_missing", field="Signature")
    keys = _PinnedKeys(key_of)
    verifier = _Verifier(now, keys)
    try:
        verified = verifier.verify(
            parts, max_age=WINDOW, expect_tag=TAG, require_components=(*COVERED, "content-digest"), body=body
        )
    except HTTPMessageSignaturesException as error:
        if keys.unknown:
            raise Refusal("device_unknown", device=keys.unknown) from error
        if verifier.stale:
            raise Refusal("signature_stale", window_s=int(WINDOW.total_seconds())) from error
        raise Refusal("signature_invalid", reason=str(error)) from error
    only = verified[0].parameters
    return Signed(str(only["keyid"]), datetime.fromtimestamp(int(only["created"]), now.tzinfo), str(only.get("nonce")))


class NonceMemory:
    """Which nonces were seen within the window: a request taken from the line is not answered twice."""

    def __init__(self, limit: int = 100_000) -> None:
        """Remember at most ``limit``; past that the oldest are forgotten first."""
        self._limit = limit
        self._seen: dict[tuple[str, str], datetime] = {}

    def take(self, signed: Signed, now: datetime) -> None:
        """Use a nonce up; raise ``Refusal("signature_replayed")`` when it was used before."""
        self._forget(now)
        name = (signed.device, signed.nonce)
        if name in self._seen:
            raise Refusal("signature_replayed", device=signed.device)
        self._seen[name] = now

    def _forget(self, now: datetime) -> None:
        for name, seen in list(self._seen.items()):
            if now - seen <= 2 * WINDOW and len(self._seen) < self._limit:
                return
            del self._seen[name]


def sign_head(device: str, head: ChainHead, key: Ed25519PrivateKey) -> str:
    """Write the value of `HEAD_HEADER`: the owner's word that its chain goes so far."""
    signature = key.sign(_head_statement(device, head)).hex()
    return f"{head.position.epoch} {head.position.seq} {head.hash.hex()} {signature}"


def verify_head(value: str, device: str, key: Ed25519PublicKey) -> ChainHead:
    """Read and check a signed head; raise ``Refusal("head_signature")`` when it is not the owner's."""
    try:
        epoch, seq, digest, signature = value.split(" ")
        head = ChainHead(Position(int(epoch), int(seq)), bytes.fromhex(digest))
        if len(head.hash) != HASH_BYTES or not (_counts(head.position.epoch) and _counts(head.position.seq)):
            _refuse_head()
        key.verify(bytes.fromhex(signature), _head_statement(device, head))
    except (ValueError, WrongSignature) as error:
        raise Refusal("head_signature", field=HEAD_HEADER) from error
    return head


def _refuse_head() -> NoReturn:
    raise ValueError("a hash of another length, or a place that no database can count to")


def _counts(number: int) -> bool:
    return 0 <= number < 2**63


def _head_statement(device: str, head: ChainHead) -> bytes:
    position = head.position
    return f"granary-head-1\n{device}\n{position.epoch}\n{position.seq}\n{head.hash.hex()}".encode()


class _PinnedKeys(HTTPSignatureKeyResolver):
    """Asks headquarters' register of devices, and remembers who was not in it."""

    def __init__(self, key_of: KeyOf) -> None:
        self._key_of = key_of
        self.unknown = ""

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        key = self._key_of(key_id)
        if key is None:
            self.unknown = key_id
        return key


class _Verifier(HTTPMessageVerifier):
    """The library's verifier, told the time instead of asking for it."""

    def __init__(self, now: datetime, keys: HTTPSignatureKeyResolver) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=keys)
        self._now = now
        self.stale = False

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:  # noqa: ANN401 — the library's own untyped node
        created = sig_input.params.get("created")
        if type(created) is not int:
            raise InvalidSignature("no creation time")
        age_s = self._now.timestamp() - created
        if max_age is None or abs(age_s) > max_age.total_seconds():
            self.stale = True
            raise InvalidSignature("made too long ago, or in the future")
