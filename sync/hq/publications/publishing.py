"""Publishing: documents get the next revisions of their scope, in one transaction with their cause (docs/sync.md §3).

A scope's counter row is locked until the commit, so that revisions become visible in order. Scopes are the last locks
that a transaction takes, sorted. Knows nothing of what a document means.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import msgspec
from sqlalchemy import bindparam, select, update

from pos_app.domain.instants import Instant
from sync.hq.db.database import Reader, Writer
from sync.hq.db.many import ManyRows
from sync.hq.db.schema import publication, publication_version, scope
from sync.protocol.topics import PRICE, STAGED

_PUBLICATIONS: Final = ManyRows(
    publication,
    "ON CONFLICT (topic, key, scope) DO UPDATE"
    " SET rev = excluded.rev, body = excluded.body, published_at = excluded.published_at",
)
_VERSIONS: Final = ManyRows(publication_version)


@dataclass(frozen=True, slots=True)
class Document:
    """What goes down: ``body`` is JSON, None that it is gone."""

    scope: str
    topic: str
    key: str
    body: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a key should stand: its body in each scope where it lives; in every other it is gone."""

    topic: str
    key: str
    bodies: Mapping[str, str]


def body_text(body: object) -> str:
    """Write a document's body."""
    return msgspec.json.encode(body).decode()


@dataclass(frozen=True, slots=True)
class LockedScopes:
    """Scopes whose counters nobody else moves until this transaction ends."""

    writer: Writer
    revs: dict[str, int]

    @classmethod
    async def lock(cls, writer: Writer, scopes: Iterable[str]) -> Self:
        """Lock scopes, making those that are new. After this a transaction locks nothing more."""
        wanted = sorted(set(scopes))
        standing = select(scope.c.scope, scope.c.rev).order_by(scope.c.scope).with_for_update()
        locked = await writer.rows_in(standing, scope.c.scope, wanted)
        if len(locked) < len(wanted):
            # Out of order, once in a scope's life: who is crossed by it begins again.
            fresh = writer.insert(scope).on_conflict_do_nothing()
            await writer.execute(fresh, [{"scope": name, "rev": 0, "oldest": 0} for name in wanted])
            locked = await writer.rows_in(standing, scope.c.scope, wanted)
        return cls(writer, {row.scope: row.rev for row in locked})

    async def publish(self, documents: Sequence[Document], now: Instant) -> None:
        """Publish documents, each key once, in the order given."""
        rows = []
        for document in documents:
            self.revs[document.scope] += 1
            rows.append(
                {
                    "scope": document.scope,
                    "rev": self.revs[document.scope],
                    "topic": document.topic,
                    "key": document.key,
                    "body": document.body,
                    "published_at": now,
                }
            )
        await self.writer.add(_PUBLICATIONS, rows)
        versions = [_version(row) for row in rows if row["topic"] in STAGED]
        await self.writer.add(_VERSIONS, versions)
        moved = {document.scope for document in documents}
        await self.writer.execute(
            update(scope).where(scope.c.scope == bindparam("name")).values(rev=bindparam("new")),
            [{"name": name, "new": self.revs[name]} for name in sorted(moved)],
        )
        self.writer.changed_scopes |= moved


_VERSION: Final = ("scope", "rev", "topic", "key", "body")


class _Priced(msgspec.Struct):
    """Of a price row's body, whose price it is."""

    sku: str


_PRICED: Final = msgspec.json.Decoder(_Priced)


def _version(row: Mapping[str, Any]) -> dict[str, Any]:
    priced = row["topic"] == PRICE and row["body"] is not None
    return {name: row[name] for name in _VERSION} | {"sku": _PRICED.decode(row["body"]).sku if priced else None}


async def differences(
    reader: Reader, wanted: Sequence[Wanted], alike: Callable[[str, str], bool] = operator.eq
) -> list[Document]:
    """List what must be published so that these keys stand as wanted; other writers of them must be kept out.

    A body that is ``alike`` to what stands is left as it is.
    """
    standing = await _standing(reader, wanted)
    documents = []
    for each in wanted:
        stands = standing.get((each.topic, each.key), {})
        for name, body in each.bodies.items():
            if name not in stands or not alike(stands[name], body):
                documents.append(Document(name, each.topic, each.key, body))
        documents += [Document(name, each.topic, each.key, None) for name in sorted(stands.keys() - each.bodies.keys())]
    return documents


async def _standing(reader: Reader, wanted: Sequence[Wanted]) -> dict[tuple[str, str], dict[str, str]]:
    """Find how keys stand now: their bodies by scope, tombstones left out."""
    keys: dict[str, list[str]] = {}
    for each in wanted:
        keys.setdefault(each.topic, []).append(each.key)
    standing: dict[tuple[str, str], dict[str, str]] = {}
    for topic, names in keys.items():
        live = select(publication.c.key, publication.c.scope, publication.c.body).where(
            publication.c.topic == topic, publication.c.body.is_not(None)
        )
        for key, name, body in await reader.rows_in(live, publication.c.key, names):
            standing.setdefault((topic, key), {})[name] = body
    return standing
