"""`POST /v1/import`, and for one kind of thing alone `/v1/products/import` and its like, for people of headquarters."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Final

from litestar import Response, post
from litestar.params import QueryParameter

from sync.hq.answers import HqRequest, answer, unpacked
from sync.hq.guard import Hq, check_administrator
from sync.hq.headquarters import Headquarters
from sync.hq.importing.documents import (
    Import,
    read_coupon_file,
    read_document,
    read_price_file,
    read_promotion_file,
)
from sync.hq.importing.importing import import_rows
from sync.hq.importing.mistakes import Mistakes

MAX_IMPORT_BYTES: Final = 256 * 1024 * 1024

ReadFile = Callable[[str, bytes, Mistakes], Import]

FileName = Annotated[str, QueryParameter(max_length=200, description="What mistakes call the file.")]


@post(
    "/v1/import",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Import a chain, or parts of one (administrator)",
    tags=["administrator"],
)
async def import_document(request: HqRequest, hq: Hq, name: FileName = "chain.json") -> Response[bytes]:
    """Import a JSON document with any of `places`, `products`, `prices`, `operators`, `members`, `stock`, `promotions`,
    `coupon_templates`, `points`, `coupons`. 422 `import_mistakes` names every mistake; then nothing is imported.
    `warnings` names what was imported and is likely to be a slip.
    """
    return await _import(request, hq, name, section="")


@post(
    "/v1/products/import",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Import products (administrator)",
    tags=["administrator"],
)
async def import_products(request: HqRequest, hq: Hq, name: FileName = "products.json") -> Response[bytes]:
    """Import a JSON list of products, or a document with `products`."""
    return await _import(request, hq, name, section="products")


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
    return await _import(request, hq, name, section="prices", read_csv=read_price_file)


@post(
    "/v1/promotions/import",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Import promotions (administrator)",
    tags=["administrator"],
)
async def import_promotions(request: HqRequest, hq: Hq, name: FileName = "promotions") -> Response[bytes]:
    """Import promotions of docs/pricing.md: JSON (a list, or a document with `promotions`), or `text/csv` with a header
    for those that have no slots. They are set by their id; `delete` takes one away.
    """
    return await _import(request, hq, name, section="promotions", read_csv=read_promotion_file)


@post(
    "/v1/coupon-templates/import",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Import coupon templates (administrator)",
    tags=["administrator"],
)
async def import_coupon_templates(request: HqRequest, hq: Hq, name: FileName = "templates.json") -> Response[bytes]:
    """Import coupon templates of docs/pricing.md: a JSON list, or a document with `coupon_templates`."""
    return await _import(request, hq, name, section="coupon_templates")


@post(
    "/v1/points/import",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Import the points rules (administrator)",
    tags=["administrator"],
)
async def import_points(request: HqRequest, hq: Hq, name: FileName = "points.json") -> Response[bytes]:
    """Import `points` of docs/pricing.md: the JSON object itself, or a document with `points`."""
    return await _import(request, hq, name, section="points")


@post(
    "/v1/coupons/import",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Issue coupons (administrator)",
    tags=["administrator"],
)
async def import_coupons(request: HqRequest, hq: Hq, name: FileName = "coupons") -> Response[bytes]:
    """Issue coupons: `text/csv` with a header, or JSON (a list, or a document with `coupons`). `delete` withdraws one;
    one that was spent stays so.
    """
    return await _import(request, hq, name, section="coupons", read_csv=read_coupon_file)


@post(
    "/v1/policy/import",
    status_code=200,
    request_max_body_size=MAX_IMPORT_BYTES,
    summary="Import the price policy (administrator)",
    tags=["administrator"],
)
async def import_policy(request: HqRequest, hq: Hq, name: FileName = "policy.json") -> Response[bytes]:
    """Import a JSON document with `float_ranges` (how far from base the prices of zones, stores and channels may be)
    and `promotion_authorities` (which promotions a zone or store may start itself).
    """
    return await _import(request, hq, name, section="")


async def _import(
    request: HqRequest, hq: Headquarters, name: str, *, section: str, read_csv: ReadFile | None = None
) -> Response[bytes]:
    check_administrator(request, hq)
    body = unpacked(request, await request.body(), limit_bytes=MAX_IMPORT_BYTES)
    is_csv = request.headers.get("content-type", "").startswith("text/csv")
    read = read_csv if read_csv is not None and is_csv else partial(read_document, section=section)
    imported = await import_rows(hq, partial(read, name, body))
    return answer(
        request, {"rows": imported.rows, "published": imported.published, "warnings": list(imported.warnings)}
    )
