"""The documents on the wire, as `msgspec` structs: decoded and validated in one step.

Amounts are integers (fen, thousandths). A cursor is written ``chain:120,store:S001:88`` (scopes sorted).
"""

from collections.abc import Mapping
from typing import Any

import msgspec

WIRE_VERSION = 1
MIN_WIRE_VERSION = 1
"""The oldest that this release still understands, at either end."""

MAX_BATCH_FACTS = 1000
MAX_FACTS_BODY_BYTES = 8 * 1024 * 1024
MAX_PAGE_FACTS = 200
MAX_PAGE_BYTES = 8 * 1024 * 1024
MAX_CHUNK_DOCUMENTS = 1000
MAX_WAIT_S = 25
MAX_MOVED_DOCUMENTS = 5000
MAX_ASKED_BUCKETS = 8

JSON_LINES = "application/jsonl"
"""The media type of facts and of changes; the body is compressed as its ``Content-Encoding`` says."""
SNAPSHOT_TYPE = "application/vnd.granary.snapshot"
"""The media type of a snapshot: a SQLite file, ``zstd`` as a whole; ranges count compressed bytes."""
CHECKSUM_HEADER = "Granary-Checksum"
"""BLAKE2b-256 (hex) of a snapshot's compressed bytes; its ``ETag`` is the same in quotes."""
TIME_HEADER = "Granary-Time"
"""Headquarters' time (ISO 8601) where the body has no place for it."""
WIRE_HEADER = "Granary-Wire"
"""The `WIRE_VERSION` of whoever speaks: of the register in its question, of headquarters in its answer."""


class EnrolRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """`POST /v1/devices/enrol`: a one-time code and the public key (Ed25519, hex) that the register made."""

    code: str
    public_key: str
    wire_version: int = WIRE_VERSION


class EnrolAnswer(msgspec.Struct, frozen=True):
    """Who the register is from now on."""

    device: str
    store: str
    store_name: str
    zone: str
    register: int
    epoch: int
    incarnation: str
    scopes: list[str]
    utc_offset_minutes: int
    time: str
    receipts: dict[str, int] = {}
    """The highest receipt number seen, by business date: numbering goes on from there."""
    shift: int = 0
    """The highest number of a shift seen; so too."""
    closed_day: str | None = None
    """The last business date that was closed: nothing more belongs to it."""
    store_secret: str = ""
    """By which the store's registers know each other on its own network (hex); empty from an older headquarters."""


class AuthorityAnswer(msgspec.Struct, frozen=True):
    """`GET /v1/authority`: the certificate (PEM) of the chain's own authority."""

    certificate: str


class FactException(msgspec.Struct, frozen=True):
    """A fact whose business meaning could not be honoured; stored all the same."""

    epoch: int
    seq: int
    code: str
    details: dict[str, Any] = {}


class FactsAnswer(msgspec.Struct, frozen=True):
    """`POST /v1/devices/{device}/facts`: how far HQ has the chain. The register goes on from here, even if lower."""

    acked_epoch: int
    acked_seq: int
    incarnation: str
    time: str
    exceptions: list[FactException] = []


class ChainFact(msgspec.Struct, frozen=True):
    """A fact as headquarters stores it (bytes in base64). ``hash`` is what the chain says of it."""

    epoch: int
    seq: int
    hash: bytes
    canonical: bytes


class ChainPage(msgspec.Struct, frozen=True):
    """`GET /v1/devices/{device}/facts`: a register's own chain behind a place, and where all of it ends."""

    facts: list[ChainFact]
    head_epoch: int
    head_seq: int
    head_hash: bytes
    frozen: bool
    incarnation: str
    time: str


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of `GET /v1/changes`: a document in its newest revision, or that it is gone."""

    scope: str
    rev: int
    topic: str
    key: str
    body: dict[str, Any] | None = None
    deleted: bool = False


class Moved(msgspec.Struct, frozen=True, array_like=True):
    """A document that is another by now than at the cursor asked for: it counts at neither end."""

    scope: str
    topic: str
    key: str


class SoldAnswer(msgspec.Struct, frozen=True):
    """`GET /v1/sold/{receipt}`: a sale's body, when it was made and by whom; bodies of what came back of it."""

    body: dict[str, Any]
    at: str
    operator: str
    returns: list[dict[str, Any]]
    time: str


class DrawerRow(msgspec.Struct, frozen=True):
    """A shift at a register of the store, as headquarters adds it up; ``as_of``: when its register sent last."""

    device: str
    number: int
    business_date: str
    operator: str
    opened_at: str
    closed_at: str | None
    holds: int
    counted: int | None
    as_of: str


class DrawersAnswer(msgspec.Struct, frozen=True):
    """`GET /v1/drawers`: the last shifts of the store's registers."""

    rows: list[DrawerRow]
    time: str


class DigestsAnswer(msgspec.Struct, frozen=True):
    """`GET /v1/digests`: for each scope and topic the digests of all buckets, as of the cursor asked for."""

    at: str
    incarnation: str
    time: str
    digests: dict[str, dict[str, bytes]]
    moved: list[Moved] = []


class BucketsAnswer(msgspec.Struct, frozen=True):
    """`GET /v1/digests/documents`: what stands in some buckets of a topic now."""

    incarnation: str
    documents: list[Change]


class DriftReport(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """`POST /v1/devices/{device}/drift`: what a comparison found and mended, by scope and topic."""

    at: str
    found: list["DriftFound"]


class DriftFound(msgspec.Struct, frozen=True):
    """How many buckets of a topic differed, and how many documents in them."""

    scope: str
    topic: str
    buckets: int
    documents: int


class ChunkEnd(msgspec.Struct, frozen=True, tag_field="end", tag="chunk"):
    """The last line of a chunk. ``after`` is the cursor it follows; ``checksum`` is BLAKE2b-256 (hex) of all
    lines before it, newlines included.
    """

    after: str
    cursor: str
    incarnation: str
    time: str
    more: bool
    count: int
    checksum: str
    head: tuple[int, int] = (0, 0)
    """How far headquarters has the asking register's own chain: (epoch, seq)."""


class Failure(msgspec.Struct, frozen=True):
    """The body of every refusal: a code, the field at fault, HQ's time and the facts of the case."""

    code: str
    field: str = ""
    time: str = ""
    details: dict[str, Any] = {}


def cursor_text(revs: Mapping[str, int]) -> str:
    """Write a cursor."""
    return ",".join(f"{scope}:{rev}" for scope, rev in sorted(revs.items()))


def parse_cursor(text: str) -> dict[str, int]:
    """Read a cursor; raise ``ValueError`` when it is malformed."""
    revs: dict[str, int] = {}
    for part in filter(None, text.split(",")):
        scope, _, rev = part.rpartition(":")
        if not scope or not rev.isdecimal():
            raise ValueError(f"cursor: {part!r} is not scope:rev")
        revs[scope] = int(rev)
    return revs
