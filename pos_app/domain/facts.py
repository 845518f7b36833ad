"""Facts (流水): what happened at a register, immutable, in a gapless hash chain (docs/sync.md §2).

A fact's canonical bytes are its JSON with sorted keys, no spaces, UTF-8, integers and strings only.
They are hashed, stored and sent as they are, never encoded again: ``hash = BLAKE2b-256(prev ‖ bytes)``.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import DeviceId, OperatorId

HASH_BYTES = 32
GENESIS = bytes(HASH_BYTES)
"""What the first fact of a device's first epoch follows."""

MAX_FACT_BYTES = 256 * 1024
MAX_LINE_BYTES = 4 * MAX_FACT_BYTES
"""Of any fact on the wire: one that takes another over carries it whole, with its quotes escaped."""

_FIELDS = {"at", "body", "device", "epoch", "kind", "operator", "prev", "seq", "version"}
_HEX_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a fact stands in its device's chain. Positions order by epoch, then seq; ``(0, 0)`` is before all."""

    epoch: int
    seq: int


START = Position(0, 0)


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest fact of a chain: its position and its hash."""

    position: Position
    hash: bytes


@dataclass(frozen=True, slots=True)
class Happening:
    """What a use case reports; the journal makes a fact of it by giving it a place in the chain.

    ``at`` is the corrected time in ISO 8601 with an offset. ``body`` holds JSON values without floats.
    """

    kind: str
    version: int
    at: str
    operator: OperatorId
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """A happening in its place. ``canonical`` are the bytes as stored and sent."""

    device: DeviceId
    position: Position
    at: str
    operator: OperatorId
    kind: str
    version: int
    body: Mapping[str, Any]
    prev: bytes
    hash: bytes
    canonical: bytes


def canonical_bytes(value: object) -> bytes:
    """Encode JSON values in the one way that is hashed; a float is a bug and raises ``TypeError``."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def chain_hash(prev: bytes, canonical: bytes) -> bytes:
    """Link bytes to what they follow."""
    return blake2b(prev + canonical, digest_size=HASH_BYTES).digest()


def next_fact(device: DeviceId, head: ChainHead, happening: Happening, *, limit_bytes: int = MAX_FACT_BYTES) -> Fact:
    """Give a happening the place after the chain's head, in the head's epoch (the first epoch is 1)."""
    position = Position(max(head.position.epoch, 1), head.position.seq + 1)
    canonical = canonical_bytes(
        {
            "at": happening.at,
            "body": happening.body,
            "device": device,
            "epoch": position.epoch,
            "kind": happening.kind,
            "operator": happening.operator,
            "prev": head.hash.hex(),
            "seq": position.seq,
            "version": happening.version,
        }
    )
    if len(canonical) > limit_bytes:
        raise Refusal("fact_too_large", kind=happening.kind, limit=limit_bytes)
    return Fact(
        device=device,
        position=position,
        at=happening.at,
        operator=happening.operator,
        kind=happening.kind,
        version=happening.version,
        body=happening.body,
        prev=head.hash,
        hash=chain_hash(head.hash, canonical),
        canonical=canonical,
    )


def read_fact(canonical: bytes) -> Fact:
    """Read stored or received bytes; raise ``Refusal("fact_unreadable")`` naming what is wrong with them."""
    try:
        document = json.loads(canonical)
    except ValueError as error:
        raise Refusal("fact_unreadable", field="") from error
    if not isinstance(document, dict) or document.keys() != _FIELDS:
        raise Refusal("fact_unreadable", field="")
    for name, kind in _TYPES.items():
        if not isinstance(document[name], kind) or isinstance(document[name], bool):
            raise Refusal("fact_unreadable", field=name)
    if not _HEX_HASH.fullmatch(document["prev"]):
        raise Refusal("fact_unreadable", field="prev")
    for name in ("epoch", "seq"):
        if document[name] < 1:
            raise Refusal("fact_unreadable", field=name)
    prev = bytes.fromhex(document["prev"])
    return Fact(
        device=DeviceId(document["device"]),
        position=Position(document["epoch"], document["seq"]),
        at=document["at"],
        operator=OperatorId(document["operator"]),
        kind=document["kind"],
        version=document["version"],
        body=document["body"],
        prev=prev,
        hash=chain_hash(prev, canonical),
        canonical=canonical,
    )


_TYPES: dict[str, type] = {
    "at": str,
    "body": dict,
    "device": str,
    "epoch": int,
    "kind": str,
    "operator": str,
    "prev": str,
    "seq": int,
    "version": int,
}


_PLAIN: Final = frozenset({str, int, bool, type(None)})
"""Most of what a fact holds, told by one look: to ask each whether it is a `Mapping` took longer than to encode it."""


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a fact holds no float")
    if isinstance(value, Mapping):
        for name, part in value.items():
            if not isinstance(name, str):
                raise TypeError("a fact's keys are strings")
            if type(part) not in _PLAIN:
                _refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            if type(part) not in _PLAIN:
                _refuse_floats(part)
