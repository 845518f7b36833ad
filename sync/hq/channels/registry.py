"""The channels that headquarters knows: each has a token to ask with, and perhaps a webhook to be told by.

Tokens are kept as digests; a webhook's secret is kept, since it signs with it.
"""

import re
import secrets
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import httpx
from sqlalchemy import delete, select

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from sync.hq.answers import HqRequest
from sync.hq.channels.feed import Prices, newest_number
from sync.hq.db.database import Reader, Writer
from sync.hq.db.pricing_schema import channel
from sync.hq.guard import check_administrator
from sync.hq.headquarters import Headquarters

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
MAX_URL_CHARACTERS: Final = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel as the administrator wants it; ``from_now``: its webhook is told of what comes, not of what is."""

    id: str
    prices: Prices = "online"
    url: str | None = None
    from_now: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """What a channel is given, once: its token, and the secret that signs what it is told."""

    token: str
    secret: str | None


async def register(writer: Writer, wanted: Wanted, now: Instant) -> Keys:
    """Register a channel, or give one that is there new keys and another address.

    Raises ``Refusal`` with ``channel_id`` or ``channel_url``.
    """
    if not _ID.fullmatch(wanted.id):
        raise Refusal("channel_id", field="id", must="be small letters, digits and hyphens, at most 40")
    _check_url(wanted.url)
    keys = Keys(secrets.token_urlsafe(32), None if wanted.url is None else secrets.token_urlsafe(32))
    newest = await newest_number(writer)
    insert = writer.insert(channel)
    kept = {"prices", "token_digest", "url", "secret", "failures", "next_try_at", "last_error"}
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_={name: insert.excluded[name] for name in kept}),
        [
            {
                "id": wanted.id,
                "prices": wanted.prices,
                "token_digest": digest_of(keys.token),
                "url": wanted.url,
                "secret": keys.secret,
                "delivered": newest if wanted.from_now else 0,
                "failures": 0,
                "next_try_at": 0,
                "last_error": "",
                "made_at": now,
            }
        ],
    )
    return keys


def _check_url(url: str | None) -> None:
    if url is None:
        return
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Refusal("channel_url", field="url") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host or len(url) > MAX_URL_CHARACTERS:
        raise Refusal("channel_url", field="url")


async def forget(writer: Writer, own: str) -> None:
    """Shut a channel out; raise ``Refusal("channel_unknown")``."""
    await find(writer, own)
    await writer.execute(delete(channel).where(channel.c.id == own))


async def find(reader: Reader, own: str) -> None:
    """See that there is such a channel; raise ``Refusal("channel_unknown")``."""
    if await reader.value(select(channel.c.id).where(channel.c.id == own)) is None:
        raise Refusal("channel_unknown", field="channel", channel=own)


def digest_of(token: str) -> str:
    """Turn a token into what is kept of it."""
    return blake2b(token.encode("utf-8", "replace"), digest_size=32, person=b"granary-channel").hexdigest()


async def check_channel(request: HqRequest, hq: Headquarters, own: str | None = None) -> None:
    """Let in a channel (this one, or any) by its token, or the administrator by theirs; raise as they do."""
    _, _, token = request.headers.get("authorization", "").partition(" ")
    known = select(channel.c.id).where(channel.c.token_digest == digest_of(token.strip()))
    async with hq.database.read() as reader:
        asking = await reader.value(known) if token else None
    if asking is None or own not in (None, asking):
        check_administrator(request, hq)
