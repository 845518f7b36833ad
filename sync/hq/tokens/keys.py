"""Headquarters' signing keys: one signs, the next one is known to every register before it does, old ones are kept.

A store that is cut off for a week reads codes of a key that began meanwhile, since the key was published a term before.
All under the lock on headquarters' row, so that several workers make one key, not each its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select, update

from pos_app.domain.instants import Instant, moment_of
from sync.hq.db.database import Database, Writer
from sync.hq.db.schema import headquarters, token_key
from sync.hq.publications.publishing import LockedScopes, Wanted, body_text, differences
from sync.protocol.tokens import key_id
from sync.protocol.topics import TOKEN_KEY, TokenKeyBody

TERM: Final = timedelta(days=30)
"""So long a key signs; and so long before that registers know it."""
KEPT: Final = timedelta(days=400)
"""So long after it signed last a key is believed: longer than any coupon that it signed."""
_MICROSECOND: Final = timedelta(microseconds=1)

State = Literal["next", "signs", "kept"]


@dataclass(frozen=True, slots=True)
class _Made:
    """A new key."""

    id: str
    secret: str
    public: str
    state: State
    since: Instant

    def row(self) -> dict[str, object]:
        return {"id": self.id, "secret": self.secret, "public": self.public, "state": self.state, "since": self.since}


async def signing_key(writer: Writer, now: Instant) -> Ed25519PrivateKey:
    """Give the key that signs now; the first question makes the first keys."""
    secret = select(token_key.c.secret).where(token_key.c.state == "signs")
    found = await writer.value(secret)
    if found is None:
        await _lock(writer)
        if await writer.value(secret) is None:
            await turn_keys(writer, now)
        found = await writer.value(secret)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(found))


async def turn_if_due(database: Database, now: Instant) -> int:
    """Go over to the next key where the one that signs has had its term; give how many began."""
    return await database.write(lambda writer: _turn_if_due(writer, now))


async def _turn_if_due(writer: Writer, now: Instant) -> int:
    await _lock(writer)
    since = await writer.value(select(token_key.c.since).where(token_key.c.state == "signs"))
    if since is None or now - since < TERM // _MICROSECOND:
        return 0
    await turn_keys(writer, now)
    return 1


async def turn_keys(writer: Writer, now: Instant, *, forget: bool = False) -> None:
    """Let the next key sign, make one after it, publish.

    ``forget``: they were stolen, and all lie in one place; none is believed any more, and two new ones begin.
    """
    await _lock(writer)
    stand = await writer.rows(select(token_key).order_by(token_key.c.since))
    oldest = now - KEPT // _MICROSECOND
    gone = [row.id for row in stand if forget or (row.state == "kept" and row.since < oldest)]
    coming = next((row.id for row in stand if row.state == "next" and not forget), None)
    fresh = [_made("next", now)] if coming is not None else [_made("signs", now), _made("next", now)]
    await writer.execute(
        update(token_key).where(token_key.c.state == "signs").values(state="kept", since=now, secret="")
    )
    await writer.execute(update(token_key).where(token_key.c.id == coming).values(state="signs", since=now))
    await writer.execute(delete(token_key).where(token_key.c.id.in_(gone)))
    await writer.execute(token_key.insert(), [made.row() for made in fresh])
    await _publish(writer, gone, now)


async def _lock(writer: Writer) -> None:
    await writer.rows(select(headquarters).with_for_update())


async def _publish(writer: Writer, gone: Iterable[str], now: Instant) -> None:
    rows = await writer.rows(select(token_key).order_by(token_key.c.id))
    wanted = [Wanted(TOKEN_KEY, name, {}) for name in gone]
    wanted += [Wanted(TOKEN_KEY, row.id, {"chain": body_text(TokenKeyBody(row.id, row.public))}) for row in rows]
    documents = await differences(writer, wanted)
    locked = await LockedScopes.lock(writer, {document.scope for document in documents})
    await locked.publish(documents, now)


def _made(state: State, now: Instant) -> _Made:
    key = Ed25519PrivateKey.generate()
    public = key.public_key()
    return _Made(key_id(public), key.private_bytes_raw().hex(), public.public_bytes_raw().hex(), state, now)


async def listed(writer: Writer) -> list[dict[str, str]]:
    """List the keys, without their secrets."""
    rows = await writer.rows(select(token_key).order_by(token_key.c.since))
    return [{"id": row.id, "state": row.state, "since": moment_of(row.since).isoformat()} for row in rows]
