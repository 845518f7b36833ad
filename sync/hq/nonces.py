"""Which signatures were seen: a request taken from the line is answered once, by whichever worker it comes to.

One process over SQLite remembers them itself. On PostgreSQL they are rows, since a chain's headquarters is many workers
on many machines; a row costs no disk sync, and goes when its signature would be too old anyway.
"""

from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import delete, text

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, instant_of
from sync.hq.db.database import Database, Writer
from sync.hq.db.schema import nonce
from sync.protocol.signatures import WINDOW, NonceMemory, Signed

MOST_CHARACTERS = 100


_USE: Final = text(
    "INSERT INTO nonce (device, nonce, seen_at) SELECT :device, :nonce, CAST(:seen_at AS bigint)"
    " FROM (SELECT set_config('synchronous_commit', 'off', true)) AS not_waited_for"
    " ON CONFLICT DO NOTHING RETURNING nonce"
)
"""Not waited for: after a crash of the database the window is a few requests wide, no more."""


class Nonces(Protocol):
    """Remembers nonces."""

    async def take(self, signed: Signed, now: datetime) -> None:
        """Use a nonce up; raise ``Refusal("signature_replayed")`` when it was used before."""
        ...


class OwnNonces:
    """Of this process alone."""

    def __init__(self) -> None:
        """Remember none."""
        self._memory = NonceMemory()

    async def take(self, signed: Signed, now: datetime) -> None:
        """Use a nonce up."""
        self._memory.take(signed, now)


class SharedNonces:
    """Of all workers at one database."""

    def __init__(self, database: Database) -> None:
        """Remember in the database."""
        self._database = database

    async def take(self, signed: Signed, now: datetime) -> None:
        """Use a nonce up."""
        if len(signed.nonce) > MOST_CHARACTERS:
            raise Refusal("signature_invalid", reason="the nonce is too long")

        values = {"device": signed.device, "nonce": signed.nonce, "seen_at": instant_of(now)}
        if await self._database.write_alone(_USE, values) is None:
            raise Refusal("signature_replayed", device=signed.device)


async def forget_nonces(database: Database, now: Instant) -> int:
    """Forget nonces whose signatures are too old to be taken; tell how many."""
    cutoff = Instant(now - 2 * WINDOW // timedelta(microseconds=1))

    async def forget(writer: Writer) -> int:
        return await writer.count(delete(nonce).where(nonce.c.seen_at < cutoff))

    return await database.write(forget)
