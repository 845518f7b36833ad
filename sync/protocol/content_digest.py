"""``Content-Digest`` (RFC 9530) of an answer: a byte that changed on the way is seen, whatever lies between the ends.

A request's digest is signed with it (`signatures`). Knows nothing of what is inside.
"""

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Final

DIGEST_HEADER: Final = "Content-Digest"
_SHA_256: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]{1,100}):")


def content_digest(body: bytes) -> str:
    """Write the header's value for a body as it is sent."""
    return f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"


def is_undamaged(header: str, body: bytes | bytearray) -> bool:
    """Tell whether a body is the one that the header was written for; a header without SHA-256 says nothing."""
    return _SHA_256.search(header) is None or is_digest_of(header, body)


def is_digest_of(header: str, body: bytes | bytearray) -> bool:
    """Tell whether a header has the SHA-256 of a body."""
    found = _SHA_256.search(header)
    try:
        return found is not None and b64decode(found[1], validate=True) == sha256(body).digest()
    except ValueError:
        return False
