"""`/v1/channels` for the administrator, and `GET /v1/prices/changes` for whom is told of prices."""

import asyncio
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, QueryParameter
from sqlalchemy import select

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import moment_of
from sync.hq.answers import HqRequest, answer, decoded, unpacked
from sync.hq.channels.events import Events, take_events
from sync.hq.channels.feed import AT_A_TIME, FEED, FeedPart, Prices, changes_behind, newest_number
from sync.hq.channels.registry import Wanted, check_channel, forget, register
from sync.hq.db.pricing_schema import channel
from sync.hq.guard import Hq, check_administrator
from sync.hq.headquarters import Headquarters
from sync.protocol.wire import MAX_WAIT_S

_BODY_BYTES: Final = 16 * 1024
_EVENTS_BYTES: Final = 4 * 1024 * 1024

After = Annotated[int, QueryParameter(ge=0, le=2**62, description="The number to go on from; 0: everything.")]
Wait = Annotated[int, QueryParameter(ge=0, le=MAX_WAIT_S, description="Seconds to hold the answer for news.")]
Limit = Annotated[int, QueryParameter(ge=1, le=AT_A_TIME)]
Channel = Annotated[Prices, QueryParameter(description="Whose prices.")]


class ChannelWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/channels`."""

    id: str
    prices: Prices = "online"
    url: str | None = None
    from_now: bool = False


@post(
    "/v1/channels",
    request_max_body_size=_BODY_BYTES,
    summary="Register a channel (administrator)",
    tags=["administrator"],
)
async def register_channel(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Register a channel, or give it new keys: `{"id": "app", "prices": "online", "url": …}`. Answers its token,
    and the secret by which its webhook is signed, once. `from_now`: it is not told of what stands already.
    """
    check_administrator(request, hq)
    try:
        asked = msgspec.json.decode(
            unpacked(request, await request.body(), limit_bytes=_BODY_BYTES), type=ChannelWanted
        )
    except msgspec.MsgspecError as error:
        raise Refusal("body_malformed", reason=str(error)[:200]) from error
    wanted, now = Wanted(asked.id, asked.prices, asked.url, asked.from_now), hq.instant()
    keys = await hq.database.write(lambda writer: register(writer, wanted, now))
    hq.webhooks.wake()
    hq.log.info("channel_registered", channel=asked.id)
    return answer(request, {"id": asked.id, "token": keys.token, "secret": keys.secret}, status=201)


@get("/v1/channels", summary="List channels (administrator)", tags=["administrator"])
async def list_channels(request: HqRequest, hq: Hq) -> Response[bytes]:
    """List every channel with how far its webhook was told, and what keeps it from more."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        newest = await newest_number(reader)
        rows = await reader.rows(select(channel).order_by(channel.c.id))
    return answer(
        request,
        {
            "newest": newest,
            "rows": [
                {
                    "id": row.id,
                    "prices": row.prices,
                    "url": row.url,
                    "delivered": row.delivered,
                    "failures": row.failures,
                    "last_error": row.last_error,
                    "next_try": moment_of(row.next_try_at).isoformat() if row.failures else None,
                }
                for row in rows
            ],
        },
    )


@delete(
    "/v1/channels/{channel_id:str}",
    status_code=200,
    summary="Shut a channel out (administrator)",
    tags=["administrator"],
)
async def forget_channel(request: HqRequest, hq: Hq, channel_id: FromPath[str]) -> Response[bytes]:
    """Forget a channel: its token opens nothing more, its webhook is told nothing more."""
    check_administrator(request, hq)
    await hq.database.write(lambda writer: forget(writer, channel_id))
    hq.log.warning("channel_forgotten", channel=channel_id)
    return answer(request, {"id": channel_id})


@get("/v1/prices/changes", summary="Follow prices (channel)", tags=["channel"])
async def follow_prices(
    request: HqRequest,
    hq: Hq,
    *,
    after: After = 0,
    channel: Channel = "online",
    wait: Wait = 0,
    limit: Limit = AT_A_TIME,
) -> Response[bytes]:
    """Give the price rows that changed behind a number, each as it stands now, with the instants at which it begins and
    ends; `deleted`: it is gone, or sells through other channels only. Go on from `after`. By the channel's token.
    """
    await check_channel(request, hq)
    part = await _behind(hq, after, channel, wait_s=wait, limit=limit)
    said: dict[str, Any] = {"changes": part.changes, "after": part.after, "more": part.more, "time": hq.time()}
    return answer(request, said)


async def _behind(hq: Headquarters, after: int, prices: Prices, *, wait_s: int, limit: int) -> FeedPart:
    until_s = asyncio.get_running_loop().time() + wait_s
    with hq.bell.listening((FEED,)) as listener:
        while True:
            async with hq.database.read() as reader:
                part = await changes_behind(reader, after, prices, limit=limit)
            left_s = until_s - asyncio.get_running_loop().time()
            if part.changes or part.more or left_s <= 0 or hq.bell.closing:
                return part
            after = part.after
            await listener.wait(left_s)


@post(
    "/v1/channels/{channel_id:str}/events",
    status_code=200,
    request_max_body_size=_EVENTS_BYTES,
    summary="Tell what members did (channel)",
    tags=["channel"],
)
async def tell_events(request: HqRequest, hq: Hq, channel_id: FromPath[str]) -> Response[bytes]:
    """Tell what members did in a channel, in batches of at most 500: `{"events": [{"id", "kind", "at", "who", …}]}`. An
    event counts once, however often it is sent. `who` names the member by `member`, `phone`, `card`, `openid` or `app`;
    `nobodys` are kept for who comes with that identity later. By the channel's token.
    """
    await check_channel(request, hq, channel_id)
    asked = decoded(request, await request.body(), Events, limit_bytes=_EVENTS_BYTES)
    now = hq.instant()
    told = await hq.database.write(lambda writer: take_events(writer, channel_id, asked.events, now))
    hq.outbox.wake()
    hq.log.info("events_taken", channel=channel_id, taken=len(told.taken), repeated=len(told.repeated))
    return answer(request, {"taken": told.taken, "repeated": told.repeated, "nobodys": told.nobodys})
