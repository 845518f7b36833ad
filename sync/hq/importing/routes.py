"""`POST /v1/import`, `/v1/products/import` and `/v1/prices/import`, for people of headquarters."""

from functools import partial
from typing import Annotated

from litestar import Response, post
from litestar.params import QueryParameter

from sync.hq.answers import HqRequest, answer, unpacked
from sync.hq.guard import Hq, check_administrator
from sync.hq.importing.documents import read_document, read_price_file
from sync.hq.importing.importing import Imported, import_rows

MAX_IMPORT_BYTES = 256 * 1024 * 1024

FileName = Annotated[str, QueryParameter(max_length=200, description="What mistakes call the file.")]


@post(
    "/v1/import",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Import a chain, or parts of one (administrator)",
    tags=["administrator"],
)
async def import_document(request: HqRequest, hq: Hq, name: FileName = "chain.json") -> Response[bytes]:
    """Import a JSON document with any of `places`, `products`, `prices`, `operators`, `members`, `stock`.
    422 `import_mistakes` names every mistake; then nothing is imported.
    """
    check_administrator(request, hq)
    body = unpacked(request, await request.body(), limit_bytes=MAX_IMPORT_BYTES)
    return _answer(request, await import_rows(hq, partial(read_document, name, body)))


@post(
    "/v1/products/import",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Import products (administrator)",
    tags=["administrator"],
)
async def import_products(request: HqRequest, hq: Hq, name: FileName = "products.json") -> Response[bytes]:
    """Import a JSON list of products, or a document with `products`."""
    check_administrator(request, hq)
    body = unpacked(request, await request.body(), limit_bytes=MAX_IMPORT_BYTES)
    return _answer(request, await import_rows(hq, partial(read_document, name, body, section="products")))


@post(
    "/v1/prices/import",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Import prices (administrator)",
    tags=["administrator"],
)
async def import_prices(request: HqRequest, hq: Hq, name: FileName = "prices") -> Response[bytes]:
    """Import price rows: `text/csv` with a header, or JSON (a list, or a document with `prices`). Rows are set by
    their id; `delete` takes one away.
    """
    check_administrator(request, hq)
    body = unpacked(request, await request.body(), limit_bytes=MAX_IMPORT_BYTES)
    if request.headers.get("content-type", "").startswith("text/csv"):
        return _answer(request, await import_rows(hq, partial(read_price_file, name, body)))
    return _answer(request, await import_rows(hq, partial(read_document, name, body, section="prices")))


def _answer(request: HqRequest, imported: Imported) -> Response[bytes]:
    return answer(request, {"rows": imported.rows, "published": imported.published})
