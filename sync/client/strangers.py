"""Telling headquarters from whoever else may answer, and saying what is known when nobody does.

A hotel's portal answers with a page or a redirect, a gateway with an error of its own, a broken line with half of
something. Each becomes ``LineDown`` or ``LineTalksRubbish`` (pos_app.domain.errors) with a code of `CODES`.
"""

import re
import socket
import ssl
from contextlib import suppress
from typing import Final

import httpx

from pos_app.domain.errors import Breakdown, LineDown, LineTalksRubbish

CODES: Final = frozenset(
    {
        # LineDown
        "line_unreachable",  # nobody listens there, or no way to it
        "line_no_name",  # the name is not known: DNS is away
        "line_timeout",  # silence
        "line_cut",  # it broke in the middle
        "hq_busy",  # headquarters asks to come later
        "hq_failed",  # headquarters, or its gateway, broke
        # LineTalksRubbish
        "answer_portal",  # a web page
        "answer_redirected",  # sent elsewhere
        "answer_not_trusted",  # a certificate that is not headquarters'
        "answer_half",  # the end is missing
        "answer_malformed",  # not what was asked for
        "answer_checksum",  # damaged on the way
        "answer_out_of_step",  # an answer to another question
        "answer_too_long",  # more than anybody asked for
    }
)
"""Every way in which the line fails; each has a text in every language."""

_TITLE = re.compile(rb"<title[^>]*>(.{0,120}?)</title>", re.IGNORECASE | re.DOTALL)
_HALVES = ("incomplete", "without sending complete")
_PEEK_BYTES = 4096


def refuse_strangers(response: httpx.Response) -> None:
    """Raise when an answer cannot be headquarters': it sends elsewhere, or is a page for people."""
    status = response.status_code
    if 300 <= status < 400 or status == 511:
        raise LineTalksRubbish("answer_redirected", status=status, to=response.headers.get("Location", "")[:120])
    if response.headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml")):
        if status >= 500:
            raise LineDown("hq_failed", status=status)
        raise LineTalksRubbish("answer_portal", status=status, title=_title(response))


def line_error(error: httpx.HTTPError) -> Breakdown:
    """Say what an error of the line's own means."""
    reason = str(error)[:200] or type(error).__name__
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return LineTalksRubbish("answer_not_trusted", reason=reason)
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in reason:
        half = any(sign in reason for sign in _HALVES)
        return LineTalksRubbish("answer_half" if half else "answer_malformed", reason=reason)
    return LineDown(_down_code(error, causes), reason=reason)


def _down_code(error: Exception, causes: list[BaseException]) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "line_timeout"
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "line_no_name"
    return "line_unreachable" if isinstance(error, httpx.ConnectError) else "line_cut"


def _causes(error: BaseException) -> list[BaseException]:
    """List what led to an error, newest first; the chain is cut at a length no honest one has."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < 10:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return causes


def _title(response: httpx.Response) -> str:
    """Read a page's title, so that a person can tell whose page it is."""
    start = bytearray()
    # A page that breaks off is a page all the same.
    with suppress(httpx.HTTPError):
        for piece in response.iter_raw():
            start += piece
            if len(start) >= _PEEK_BYTES:
                break
    found = _TITLE.search(bytes(start))
    return found[1].decode("utf-8", "replace").strip() if found else ""
