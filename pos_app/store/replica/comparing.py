"""A replica's documents as digests, and the documents of some buckets put right: what a comparison asks of a file.

Works inside the caller's transaction. Knows no line.
"""

import sqlite3
from collections.abc import Iterator, Sequence

import msgspec

from sync.protocol.digests import ScopeDigests, bucket_of
from sync.protocol.wire import Change

_OF_SCOPE = "SELECT topic, key, rev, body FROM document WHERE scope = ?"
_OF_TOPIC = "SELECT key, rev, body FROM document WHERE topic = ? AND scope = ?"

Place = tuple[str, str, Sequence[int]]
"""A scope, a topic, and some of its buckets."""


def digests_of(connection: sqlite3.Connection, scope: str, moved: frozenset[tuple[str, str]]) -> dict[str, bytes]:
    """Digest a scope's documents by topic, but for those that have moved."""
    digests = ScopeDigests()
    for topic, key, rev, body in connection.execute(_OF_SCOPE, (scope,)):
        if (topic, key) not in moved:
            digests.add(topic, key, rev, body)
    return digests.by_topic()


def differences(connection: sqlite3.Connection, place: Place, documents: Sequence[Change], until: int) -> list[Change]:
    """List what must change so that buckets hold these documents; what is newer than ``until`` comes by itself."""
    scope, topic, buckets = place
    wanted = {each.key: each for each in documents if each.scope == scope and each.topic == topic and not each.deleted}
    here = dict(_here(connection, place))
    changes = [
        each
        for key, each in wanted.items()
        if each.rev <= until and here.get(key) != (each.rev, msgspec.json.encode(each.body or {}).decode())
    ]
    gone = [key for key in here if key not in wanted]
    changes += [Change(scope, until, topic, key, deleted=True) for key in gone]
    return [each for each in changes if bucket_of(each.key) in set(buckets)]


def _here(connection: sqlite3.Connection, place: Place) -> Iterator[tuple[str, tuple[int, str]]]:
    scope, topic, buckets = place
    wanted = frozenset(buckets)
    for key, rev, body in connection.execute(_OF_TOPIC, (topic, scope)):
        if bucket_of(key) in wanted:
            yield key, (rev, body)
