"""Who this register is on the line, and the hook by which httpx signs each request as it leaves.

Knows nothing of what is asked.
"""

import secrets
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol.signatures import RequestParts, read_key, sign_request


@dataclass(frozen=True, slots=True)
class Identity:
    """A register's name in the chain and its key, which never leaves this machine."""

    device: str
    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def read(cls, device: str, pem: bytes) -> Self:
        """Take up the key that enrolment made; raise ``Refusal("device_key_unreadable")``."""
        return cls(device, read_key(pem))


def random_nonce() -> str:
    """Make a nonce that nobody guesses."""
    return secrets.token_hex(12)


class DeviceAuth(httpx.Auth):
    """Signs each request with the register's key, at corrected time."""

    requires_request_body = True

    def __init__(
        self, identity: Identity, now: Callable[[], datetime], nonce: Callable[[], str] = random_nonce
    ) -> None:
        """Sign as this register."""
        self._identity = identity
        self._now = now
        self._nonce = nonce

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the signature's headers."""
        parts = RequestParts(request.method, request.url.raw_path.decode("ascii"), dict(request.headers))
        request.headers.update(
            sign_request(
                parts,
                request.content,
                device=self._identity.device,
                key=self._identity.key,
                created=self._now(),
                nonce=self._nonce(),
            )
        )
        yield request
