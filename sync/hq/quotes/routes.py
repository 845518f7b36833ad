"""`POST /v1/quote` for other channels, and `GET /v1/sales/{sale}/repriced` for an audit."""

from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath

from sync.hq.answers import JSON, HqRequest, answer, packed, unpacked
from sync.hq.channels.registry import check_channel
from sync.hq.guard import Hq, check_administrator
from sync.hq.quotes.quoting import quote_answer
from sync.hq.quotes.repricing import find_sale_fact, reprice
from sync.hq.quotes.sold import read_sold
from sync.protocol.wire import cursor_text

MAX_BASKET_BYTES: Final = 1024 * 1024


@post(
    "/v1/quote",
    status_code=200,
    request_max_body_size=MAX_BASKET_BYTES,
    summary="Price a basket (channel)",
    tags=["channel"],
)
async def quote(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Price `{"basket": …}` of docs/pricing.md §1 by the rules as they are now. Member and coupons are looked up by
    their ids, the zone by the store. Answers the bytes of `granary quote`; 422 with `{"error": {"code", "field"}}`.
    """
    await check_channel(request, hq)
    body = unpacked(request, await request.body(), limit_bytes=MAX_BASKET_BYTES)
    said, refused = await quote_answer(hq.database, hq.rulebooks, body)
    return packed(request, said, media_type=JSON, status=422 if refused else 200)


@get("/v1/sales/{sale:str}/repriced", summary="Price a sale again (administrator)", tags=["administrator"])
async def repriced(request: HqRequest, hq: Hq, sale: FromPath[str]) -> Response[bytes]:
    """Price a stored sale's basket again under the rulebook revision that it names. `differences` lists every figure
    that is another: what was charged, what the rules give.
    """
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        sold = read_sold(await find_sale_fact(reader, sale))
        found = await reprice(reader, hq.rulebooks, sold)
    return answer(
        request,
        {
            "sale": sale,
            "receipt": sold.body["receipt"],
            "rulebook": cursor_text(sold.cursor),
            "same": not found.differences,
            "refused": found.refused,
            "differences": [
                {"figure": one.figure, "charged": one.charged, "priced": one.priced} for one in found.differences
            ],
            "quote": found.quote,
        },
    )
