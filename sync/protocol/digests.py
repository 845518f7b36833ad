"""Digests over documents, by which two ends find out where they differ without sending any (docs/sync.md §3).

The documents of a scope and a topic fall into buckets by their keys; a bucket's digest is the sum of its documents'
hashes, so that it does not depend on an order. Pure; knows no database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import msgspec

BUCKETS: Final = 256
_BYTES: Final = 8
_MODULUS: Final = 1 << (8 * _BYTES)


def bucket_of(key: str) -> int:
    """Tell which bucket a document's key falls into."""
    return blake2b(key.encode(), digest_size=1).digest()[0]


def same_words(body: str) -> str:
    """Write a body as both ends keep it, however it was written where it came from."""
    return msgspec.json.encode(msgspec.json.decode(body)).decode()


@dataclass(slots=True)
class ScopeDigests:
    """The digests of one scope, as documents are added to them."""

    _sums: dict[str, list[int]] = field(default_factory=dict)

    def add(self, topic: str, key: str, rev: int, body: str) -> None:
        """Count a document in, its body in `same_words`."""
        sums = self._sums.get(topic)
        if sums is None:
            sums = self._sums[topic] = [0] * BUCKETS
        digest = blake2b(f"{topic}\0{key}\0{rev}\0{body}".encode(), digest_size=_BYTES).digest()
        place = bucket_of(key)
        sums[place] = (sums[place] + int.from_bytes(digest)) % _MODULUS

    def by_topic(self) -> dict[str, bytes]:
        """Give each topic's digests, its buckets one behind the other."""
        return {topic: b"".join(each.to_bytes(_BYTES) for each in sums) for topic, sums in sorted(self._sums.items())}


def differing(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> dict[str, list[int]]:
    """List the buckets that differ, by topic; a topic that one end lacks is empty there."""
    nothing = bytes(BUCKETS * _BYTES)
    found: dict[str, list[int]] = {}
    for topic in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(topic, nothing), theirs.get(topic, nothing)
        buckets = [at for at in range(BUCKETS) if _of(mine, at) != _of(other, at)]
        if buckets:
            found[topic] = buckets
    return found


def read_buckets(text: str, most: int) -> list[int]:
    """Read ``3,17,200``; raise ``ValueError`` when it is no list of buckets, or a longer one than ``most``."""
    buckets = sorted({_bucket(part) for part in text.split(",")})
    if len(buckets) > most:
        raise ValueError(f"more than {most} buckets")
    return buckets


def _bucket(part: str) -> int:
    if not (part.isdecimal() and part.isascii() and len(part) <= 3 and int(part) < BUCKETS):
        raise ValueError(f"{part[:20]!r} is no bucket")
    return int(part)


def _of(digests: bytes, at: int) -> bytes:
    return digests[at * _BYTES : (at + 1) * _BYTES]
