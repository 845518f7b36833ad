"""Who asks: a register by the signature of its pinned key, or a person of headquarters by the administrator's token."""

import hmac
import re
from typing import Final

from litestar.di import NamedDependency

from pos_app.domain.errors import Refusal
from sync.hq.answers import HqRequest, whole_body
from sync.hq.devices.directory import Device
from sync.hq.headquarters import Headquarters
from sync.protocol.content_digest import DIGEST_HEADER, is_digest_of
from sync.protocol.signatures import RequestParts, public_key, verify_request
from sync.protocol.wire import MIN_WIRE_VERSION, WIRE_HEADER, WIRE_VERSION

Hq = NamedDependency[Headquarters]
"""The running headquarters, as a route asks for it."""

_KEY_ID: Final = re.compile(r'keyid="([^"]{1,100})"')


async def signed_device(request: HqRequest, hq: Headquarters) -> Device:
    """Tell which register signed this request, which has no body; a frozen one may still read.

    Raises ``Refusal`` as `verify_request` and `Nonces.take` do, and ``device_revoked``.
    """
    return await _signer(request, hq, b"")


async def signed_body(request: HqRequest, hq: Headquarters) -> tuple[Device, bytes]:
    """Tell who signed this request, and read its body: of a stranger not a byte is kept.

    Raises as `signed_device` does, and `whole_body`.
    """
    device = await _signer(request, hq, None)
    body = await whole_body(request)
    if not is_digest_of(request.headers.get(DIGEST_HEADER, ""), body):
        raise Refusal("signature_invalid", reason="the body is not the one that was signed")
    return device, body


async def _signer(request: HqRequest, hq: Headquarters, body: bytes | None) -> Device:
    check_wire(request)
    headers = dict(request.headers.items())
    named = _KEY_ID.search(headers.get("signature-input", ""))
    device = (await hq.devices.ask([named[1]])).get(named[1]) if named else None
    keys = {} if device is None else {device.id: public_key(device.public_key)}
    parts = RequestParts(request.method, _target(request), headers)
    await hq.nonces.take(verify_request(parts, body, key_of=keys.get, now=hq.now()), hq.now())
    if device is None:
        raise AssertionError("an unknown device's signature was accepted")
    if device.state == "revoked":
        raise Refusal("device_revoked", device=device.id)
    return device


async def signed_by_its_key(request: HqRequest, hq: Headquarters, body: bytes, key: str) -> None:
    """Check that a request which brings a public key (hex) is signed by its other half, and names it as ``keyid``.

    Raises ``Refusal`` as `verify_request` and `Nonces.take` do, ``public_key_format`` too.
    """
    check_wire(request)
    parts = RequestParts(request.method, _target(request), dict(request.headers.items()))
    known = {key: public_key(key)}
    try:
        signed = verify_request(parts, body, key_of=known.get, now=hq.now())
    except Refusal as refusal:
        if refusal.code != "device_unknown":
            raise
        raise Refusal("signature_invalid", reason="it is not signed by the public key that it brings") from refusal
    await hq.nonces.take(signed, hq.now())


def check_wire(request: HqRequest) -> None:
    """Speak with nobody whose wire is no longer understood here; raise ``Refusal("wire_too_old")``.

    A register that is newer than headquarters is told of ours by every answer's header.
    """
    said = request.headers.get(WIRE_HEADER, str(MIN_WIRE_VERSION))
    if not (said.isdecimal() and said.isascii() and len(said) <= 9):
        raise Refusal("wire_malformed", field=WIRE_HEADER)
    if int(said) < MIN_WIRE_VERSION:
        raise Refusal("wire_too_old", field=WIRE_HEADER, oldest=MIN_WIRE_VERSION, newest=WIRE_VERSION)


def check_administrator(request: HqRequest, hq: Headquarters) -> None:
    """Let nobody in but who has the token (``Authorization: Bearer …``); raise ``Refusal("admin_token")``."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    known = hq.settings.admin_token.encode()
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode("utf-8", "replace"), known):
        raise Refusal("admin_token", field="Authorization")


def _target(request: HqRequest) -> str:
    """Give path and query exactly as they were sent."""
    query = request.scope["query_string"].decode("ascii", "replace")
    path = request.scope["raw_path"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path
