"""`GET /v1/sold/{receipt}`: a sale by its receipt, for a register at which its goods are brought back."""

from typing import Annotated

from litestar import Response, get
from litestar.params import PathParameter

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import ReceiptNumber
from sync.hq.answers import HqRequest, answer
from sync.hq.guard import Hq, signed_device
from sync.hq.returns.sold import sale_by_receipt


@get("/v1/sold/{receipt:str}", summary="Find a sale by its receipt (register)", tags=["register"])
async def find_sold(
    request: HqRequest,
    hq: Hq,
    receipt: Annotated[str, PathParameter(description="A receipt's number as it is printed.")],
) -> Response[bytes]:
    """Give the sale's body as its register wrote it, and the bodies of what came back of it, of all stores. 404
    (`receipt_unknown`) where headquarters has none: its register may not have sent it yet.
    """
    await signed_device(request, hq)
    try:
        number = str(ReceiptNumber.parse(receipt))
    except Refusal as refusal:
        raise Refusal("receipt_format", field="receipt", text=receipt[:100]) from refusal
    async with hq.database.read() as reader:
        found = await sale_by_receipt(reader, number, time=hq.time())
    return answer(request, found)
