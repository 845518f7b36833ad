"""Signed codes for other channels, and the keys that sign them for the administrator."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from pos_app.domain.instants import Instant, moment_of
from pos_app.domain.tokens import Token
from sync.hq.answers import HqRequest, answer
from sync.hq.channels.registry import check_channel
from sync.hq.db.database import Reader, Writer
from sync.hq.guard import Hq, check_administrator
from sync.hq.headquarters import Headquarters
from sync.hq.tokens.keys import listed, signing_key, turn_keys
from sync.hq.tokens.signing import coupon_token, member_token
from sync.protocol.tokens import write_token

Forget = Annotated[bool, QueryParameter(description="Believe no key of before any more.")]


@post("/v1/members/{member:str}/code", status_code=200, summary="Sign a member's code (channel)", tags=["channel"])
async def sign_member_code(request: HqRequest, hq: Hq, member: FromPath[str]) -> Response[bytes]:
    """Give the text of a QR code that stands for a member at any register for one minute, with or without a line. Ask
    for another one when it ends; a register takes each in one basket only.
    """
    await check_channel(request, hq)
    return answer(request, await _signed(hq, lambda reader, now: member_token(reader, member, now)))


@post("/v1/coupons/{coupon:str}/code", status_code=200, summary="Sign a coupon's code (channel)", tags=["channel"])
async def sign_coupon_code(request: HqRequest, hq: Hq, coupon: FromPath[str]) -> Response[bytes]:
    """Give the text of a QR code that stands for a coupon for as long as the coupon is good."""
    await check_channel(request, hq)
    return answer(request, await _signed(hq, lambda reader, now: coupon_token(reader, coupon, now)))


@get("/v1/token-keys", summary="List signing keys (administrator)", tags=["administrator"])
async def list_token_keys(request: HqRequest, hq: Hq) -> Response[bytes]:
    """List the keys that sign codes: the one that signs, the next one that registers know already, those before."""
    check_administrator(request, hq)
    return answer(request, {"rows": await hq.database.write(listed)})


@post("/v1/token-keys/turn", status_code=200, summary="Turn signing keys (administrator)", tags=["administrator"])
async def turn_token_keys(request: HqRequest, hq: Hq, *, forget: Forget = False) -> Response[bytes]:
    """Let the next key sign from now on, before its term. `forget`: they were stolen; two new
    ones begin, and a store with no line takes no code until it hears of them.
    """
    check_administrator(request, hq)
    now = hq.instant()

    async def turn(writer: Writer) -> list[dict[str, str]]:
        await signing_key(writer, now)
        await turn_keys(writer, now, forget=forget)
        return await listed(writer)

    rows = await hq.database.write(turn)
    hq.log.warning("token_keys_turned", forget=forget)
    return answer(request, {"rows": rows})


async def _signed(hq: Headquarters, said: Callable[[Reader, Instant], Awaitable[Token]]) -> dict[str, str]:
    now = hq.instant()

    async def sign(writer: Writer) -> tuple[Token, str]:
        token = await said(writer, now)
        return token, write_token(token, await signing_key(writer, now))

    token, text = await hq.database.write(sign)
    return {"code": text, "until": moment_of(token.until).isoformat()}
