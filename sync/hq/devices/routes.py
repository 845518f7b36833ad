"""`POST /v1/devices/enrol` for registers; for people codes, the list of registers, and revoking one."""

from datetime import timedelta

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import select

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import StoreId, device_id
from pos_app.domain.instants import moment_of
from sync.hq.answers import HqRequest, answer, decoded, whole_body
from sync.hq.db.schema import device as devices
from sync.hq.devices.codes import make_code
from sync.hq.devices.directory import revoke
from sync.hq.devices.enrolment import enrol
from sync.hq.guard import Hq, check_administrator, signed_by_its_key
from sync.protocol.authority import in_groups
from sync.protocol.wire import AuthorityAnswer, EnrolAnswer, EnrolRequest

_BODY_BYTES = 16 * 1024
_MOST_HOURS = 10**6
"""More than any code may live, and fewer than a `timedelta` can count."""


class CodeWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/enrolment-codes`: for which register; without a number, the store's next one."""

    store: str
    register: int | None = None
    hours: int = 24


class CodeMade(msgspec.Struct, frozen=True):
    """A one-time code. It is shown now and never again. Where the chain's own authority vouches for headquarters, its
    fingerprint is behind it.
    """

    code: str
    device: FromPath[str]
    store: str
    register: int
    expires: str


@post(
    "/v1/devices/enrol",
    status_code=200,
    request_max_body_size=_BODY_BYTES,
    summary="Enrol with a one-time code",
    tags=["register"],
)
async def enrol_device(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Pin a register's key, which signs this request (its hex is the `keyid`): 401 where it does not. The same code
    with the same key is answered again until it expires, while the register is active; 404 `code_unknown`, 409
    `code_used`, 410 `code_expired`.
    """
    body = await whole_body(request)
    asked = decoded(request, body, EnrolRequest, limit_bytes=_BODY_BYTES)
    await signed_by_its_key(request, hq, body, asked.public_key)
    now, time = hq.instant(), hq.time()
    said: EnrolAnswer = await hq.database.write(lambda writer: enrol(writer, asked, now=now, time=time))
    hq.log.info("enrolled", device=said.device, epoch=said.epoch)
    return answer(request, said)


@post(
    "/v1/enrolment-codes",
    request_max_body_size=_BODY_BYTES,
    summary="Make an enrolment code (administrator)",
    tags=["administrator"],
)
async def make_enrolment_code(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Make a one-time code for a register: `{"store": "S001", "register": 1}`."""
    check_administrator(request, hq)
    wanted = decoded(request, await request.body(), CodeWanted, limit_bytes=_BODY_BYTES)
    now, life = hq.instant(), timedelta(hours=max(0, min(wanted.hours, _MOST_HOURS)))
    made = await hq.database.write(lambda writer: make_code(writer, wanted.store, wanted.register, now=now, life=life))
    name = device_id(StoreId(made.store), made.register)
    hq.log.info("code_made", device=name)
    expires = moment_of(made.expires_at).isoformat()
    tls = hq.settings.tls
    code = made.code if tls is None or not tls.fingerprint else f"{made.code}-{in_groups(tls.fingerprint)}"
    return answer(request, CodeMade(code, name, made.store, made.register, expires), status=201)


@get("/v1/authority", summary="The authority that vouches for headquarters (register)", tags=["register"])
async def show_authority(request: HqRequest, hq: Hq) -> Response[bytes]:
    """Give the certificate of the chain's own authority (PEM), for a register that knows its fingerprint by the code;
    404 `authority_none` where headquarters has none of its own.
    """
    tls = hq.settings.tls
    if tls is None or not tls.authority:
        raise Refusal("authority_none")
    return answer(request, AuthorityAnswer(tls.authority))


@get("/v1/devices", summary="List registers (administrator)", tags=["administrator"])
async def list_devices(request: HqRequest, hq: Hq) -> Response[bytes]:
    """List every register with its state and how far its chain is."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        rows = await reader.rows(select(devices).order_by(devices.c.id))
    return answer(
        request,
        {
            "rows": [
                {
                    "device": row.id,
                    "store": row.store,
                    "state": row.state,
                    "epoch": row.head_epoch,
                    "seq": row.head_seq,
                    "enrolled": moment_of(row.enrolled_at).isoformat(),
                    "pushed": None if row.pushed_at is None else moment_of(row.pushed_at).isoformat(),
                }
                for row in rows
            ]
        },
    )


@post(
    "/v1/devices/{device:str}/revoke",
    status_code=200,
    summary="Shut a register out (administrator)",
    tags=["administrator"],
)
async def revoke_device(request: HqRequest, hq: Hq, device: FromPath[str]) -> Response[bytes]:
    """Answer nothing more to a register's key; it can only enrol anew."""
    check_administrator(request, hq)
    await hq.database.write(lambda writer: revoke(writer, device))
    hq.log.warning("revoked", device=device)
    return answer(request, {"device": device, "state": "revoked"})
