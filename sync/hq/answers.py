"""Bodies in and out: compressed as the headers say, limited before anything is unpacked; refusals as one document.

Knows nothing of what is asked.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, MissingDependencyException
from litestar.types import ExceptionHandlersMap

from pos_app.domain.errors import Breakdown, DiskFull, GranaryError, Refusal
from sync.hq.db.troubles import HqBusy
from sync.hq.gate import HqFull
from sync.protocol.compression import ENCODING, NotCompressed, TooMuchInside, compress, decompress
from sync.protocol.content_digest import DIGEST_HEADER, content_digest
from sync.protocol.wire import Failure

T = TypeVar("T")

HqRequest = Request[Any, Any, State]

JSON: Final = "application/json"
BODY_S: Final = 120
"""A register's largest batch takes less on a weak line; who drips a body holds his connection no longer."""
_WORTH_COMPRESSING_BYTES: Final = 600
_TOO_SLOW: Final = 408
_FIELD: Final = re.compile(r"`\$\.([^`]+)`|field `([^`]+)`")
"""Where msgspec says what is wrong: ``- at `$.amount` ``, ``missing required field `hold` ``."""

_STATUS: Final[Mapping[str, int]] = {
    "admin_token": 401,
    "device_unknown": 401,
    "device_frozen": 403,
    "device_revoked": 403,
    "device_mismatch": 403,
    "scope_foreign": 403,
    "authority_none": 404,
    "code_unknown": 404,
    "code_used": 409,
    "code_expired": 410,
    "fork": 409,
    "epoch_unknown": 409,
    "cursor_expired": 410,
    "cursor_moved": 409,
    "wire_too_old": 426,
    "body_too_slow": _TOO_SLOW,
    "batch_too_large": 413,
    "body_too_large": 413,
    "fact_too_large": 422,
    "encoding_unknown": 415,
    "range_wrong": 416,
    "import_mistakes": 422,
    "sale_unknown": 404,
    "receipt_unknown": 404,
    "channel_unknown": 404,
    "member_unknown": 404,
    "member_not_linked": 409,
    "coupon_unknown": 404,
    "coupon_not_open": 409,
    "settlement_unknown": 404,
    "settlement_released": 409,
    "sale_not_priceable": 422,
    "exception_unknown": 404,
    "lease_unknown": 404,
    "hold_unknown": 404,
    "hold_ended": 409,
    "hold_differs": 409,
    "points_not_free": 409,
    "coupon_spent": 409,
    "coupon_withdrawn": 409,
    "coupon_held": 409,
    "coupon_leased": 409,
    "exception_resolved": 409,
}
"""Refusals whose status says more than 400; those of signatures are 401."""


def answer(request: HqRequest, document: object, *, status: int = 200) -> Response[bytes]:
    """Answer with a document as JSON."""
    return packed(request, msgspec.json.encode(document), media_type=JSON, status=status)


def packed(request: HqRequest, body: bytes, *, media_type: str, status: int = 200) -> Response[bytes]:
    """Answer with a body, compressed for who understands that and where it is worth it."""
    headers = {"Vary": "Accept-Encoding"}
    if len(body) >= _WORTH_COMPRESSING_BYTES and ENCODING in request.headers.get("accept-encoding", ""):
        body = compress(body)
        headers["Content-Encoding"] = ENCODING
    headers[DIGEST_HEADER] = content_digest(body)
    return Response(body, status_code=status, media_type=media_type, headers=headers)


async def whole_body(request: HqRequest) -> bytes:
    """Read a request's body; raise ``Refusal("body_too_slow")`` when it drips."""
    try:
        async with asyncio.timeout(BODY_S):
            return await request.body()
    except TimeoutError as error:
        raise Refusal("body_too_slow", limit_s=BODY_S) from error


def unpacked(request: HqRequest, raw: bytes, *, limit_bytes: int) -> bytes:
    """Give a request's body as its sender wrote it.

    Raises ``Refusal`` with ``body_too_large``, ``body_damaged`` or ``encoding_unknown``.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        if len(raw) > limit_bytes:
            raise Refusal("body_too_large", limit=limit_bytes)
        return raw
    if encoding != ENCODING:
        raise Refusal("encoding_unknown", field="Content-Encoding", known=[ENCODING, "identity"])
    try:
        return decompress(raw, limit_bytes=limit_bytes)
    except TooMuchInside as error:
        raise Refusal("body_too_large", limit=limit_bytes) from error
    except NotCompressed as error:
        raise Refusal("body_damaged", reason=str(error)) from error


def decoded(request: HqRequest, raw: bytes, kind: type[T], *, limit_bytes: int) -> T:
    """Read a request's document; raise ``Refusal`` as `unpacked` does, or with ``body_malformed``."""
    try:
        return msgspec.json.decode(unpacked(request, raw, limit_bytes=limit_bytes), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        reason = str(error)[:200]
        named = _FIELD.search(reason)
        raise Refusal("body_malformed", field=(named[1] or named[2]) if named else "", reason=reason) from error


def failure_handlers() -> ExceptionHandlersMap:
    """Say how each family of failures is answered."""
    return {GranaryError: _on_known, HTTPException: _on_http, MissingDependencyException: _on_bug, Exception: _on_bug}


def _on_known(request: HqRequest, error: GranaryError) -> Response[bytes]:
    details = dict(error.details)
    field = str(details.pop("field", ""))
    if isinstance(error, HqFull):
        wait_s = str(details.get("retry_after_s", 1))
        return _failure(request, 429, Failure(error.code, details=details), {"Retry-After": wait_s})
    if isinstance(error, HqBusy):
        wait_s = str(details.get("retry_after_s", 1))
        return _failure(request, 503, Failure(error.code, details=details), {"Retry-After": wait_s})
    if isinstance(error, DiskFull):
        return _failure(request, 507, Failure(error.code, details=details), {"Retry-After": "60"})
    if isinstance(error, Breakdown):
        return _failure(request, 503, Failure(error.code, details=details), {"Retry-After": "5"})
    status = _STATUS.get(error.code, 401 if error.code.startswith("signature") else 400)
    return _failure(request, status, Failure(error.code, field, details=details))


def _on_http(request: HqRequest, error: HTTPException) -> Response[bytes]:
    """Answer for the framework: no such route, a body past the limit, a parameter that is none."""
    code = _HTTP_CODES.get(error.status_code, "request_malformed")
    if code != "request_malformed":
        return _failure(request, error.status_code, Failure(code), error.headers)
    wrong = error.extra if isinstance(error.extra, list) and error.extra else [{}]
    failure = Failure(code, str(wrong[0].get("key", "")), details={"reason": wrong[0].get("message", error.detail)})
    return _failure(request, error.status_code, failure, error.headers)


def _on_bug(request: HqRequest, error: Exception) -> Response[bytes]:
    """Answer for what should not be: the log has the story, the asker is told to come again."""
    request.app.state.log.error("request_failed", error=type(error).__name__, exc_info=error)
    return _failure(request, 500, Failure("hq_failed"))


_HTTP_CODES: Final[Mapping[int, str]] = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


def _failure(
    request: HqRequest, status: int, failure: Failure, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    timed = msgspec.structs.replace(failure, time=request.app.state.clock.now().isoformat())
    body = msgspec.json.encode(timed, enc_hook=str)
    always = {DIGEST_HEADER: content_digest(body)}
    if status == _TOO_SLOW:
        always["Connection"] = "close"
    return Response(body, status_code=status, media_type=JSON, headers={**always, **(headers or {})})
