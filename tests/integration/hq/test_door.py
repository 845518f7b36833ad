"""Who gets in, and with what: codes, signatures, tokens, and bodies of every size and state."""

import re
import secrets
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import MAX_LINE_BYTES, ChainHead, Position
from sync.client.clock import HqClock
from sync.client.enrolment import enrol, make_key
from sync.client.signing import Identity
from sync.client.transport import HqLine
from sync.hq.settings import Settings
from sync.protocol.compression import compress
from sync.protocol.signatures import HEAD_HEADER, RequestParts, new_key, sign_head, sign_request
from sync.protocol.wire import MAX_BATCH_FACTS, MAX_FACTS_BODY_BYTES
from tests.integration.hq.administrators import ADMINISTRATORS_ONLY, PLACES
from tests.integration.hq.till import Till, enrolled, execute
from tests.support.real_hq import RealHq


def code_for(hq: RealHq, **wanted: object) -> str:
    return str(hq.administrator("POST", "/v1/enrolment-codes", json={"store": "S001", **wanted})["code"])


def refused(hq: RealHq, code: str) -> str:
    with pytest.raises(Refusal) as refusal:
        enrolled(hq, code)
    return refusal.value.code


def test_a_code_names_a_register_once(hq: RealHq) -> None:
    code = code_for(hq, register=7)

    _, answer = enrolled(hq, code)

    assert (answer.device, answer.store, answer.store_name, answer.zone) == ("S001-R7", "S001", "禾丰路店", "east")
    assert (answer.epoch, answer.receipts, answer.utc_offset_minutes) == (1, {}, 480)
    assert answer.scopes == ["chain", "store:S001", "zone:east"]
    assert refused(hq, code) == "enrol_code_used"


def test_the_same_key_may_ask_again_for_a_lost_answer(hq: RealHq) -> None:
    line = HqLine("http://hq.test", HqClock(), transport=hq, verify=False)
    code, key = code_for(hq), make_key()

    first = enrol(line, code, key)

    assert enrol(line, code, key).answer.device == first.answer.device


def test_a_code_may_be_typed_as_people_type(hq: RealHq) -> None:
    code = code_for(hq)

    _, answer = enrolled(hq, f" {code.replace('-', ' ').lower()} ")

    assert answer.device == "S001-R1"


@pytest.mark.parametrize("code", ["", "AAAA-BBBB-CCCC", "\U0001f511" * 50])
def test_a_code_that_nobody_made(hq: RealHq, code: str) -> None:
    assert refused(hq, code) == "enrol_code_unknown"


def test_a_code_that_is_too_old(hq: RealHq) -> None:
    code = code_for(hq)
    yesterday = int((datetime.now(UTC) - timedelta(days=1)).timestamp() * 1_000_000)
    execute(hq, "UPDATE enrol_code SET expires_at = ?", yesterday)

    assert refused(hq, code) == "enrol_code_expired"


def test_codes_without_a_number_go_on_behind_those_that_are_promised(hq: RealHq) -> None:
    made = [hq.administrator("POST", "/v1/enrolment-codes", json={"store": "S001"})["device"] for _ in range(3)]

    assert made == ["S001-R1", "S001-R2", "S001-R3"]


def test_codes_are_not_kept_as_they_are_read_out(hq: RealHq) -> None:
    code = code_for(hq)
    hq.stop()

    assert not any(code.replace("-", "").encode() in file.read_bytes() for file in hq.folder.glob("hq.db*"))
    hq.start()


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"store": "S009"}, "store_unknown"),
        ({"store": "W001"}, "store_unknown"),
        ({"store": "S001", "register": 0}, "register_number"),
        ({"store": "S001", "hours": 0}, "code_life"),
        ({"store": "S001", "hours": 10**9}, "code_life"),
        ({"store": "S001", "hours": 10**18}, "code_life"),
        ({"store": "S001", "hours": -(10**18)}, "code_life"),
        ({"store": 7}, "body_malformed"),
        ({"shop": "S001"}, "body_malformed"),
    ],
)
def test_a_code_that_cannot_be_made(hq: RealHq, wanted: dict[str, object], code: str) -> None:
    answer = as_administrator(hq, "POST", "/v1/enrolment-codes", json=wanted)

    assert answer.status_code == 400
    assert answer.json()["code"] == code


def as_administrator(hq: RealHq, method: str, path: str, **what: object) -> httpx.Response:
    """Ask, whatever comes of it."""
    headers = {"Authorization": f"Bearer {hq.settings.admin_token}"}
    assert hq.inside is not None
    return httpx.Client(base_url="http://hq.test", transport=hq.inside, headers=headers).request(
        method,
        path,
        **what,  # type: ignore[arg-type]  # handed on as given
    )


@pytest.mark.parametrize(("method", "path"), ADMINISTRATORS_ONLY)
@pytest.mark.parametrize("said", ["", "Bearer ", "Bearer wrong", "Basic {token}", "Bearer {token}x"])
def test_nobody_does_the_administrators_work_without_the_token(hq: RealHq, method: str, path: str, said: str) -> None:
    headers = {"Authorization": said.format(token=hq.settings.admin_token)}
    with httpx.Client(base_url="http://hq.test", transport=_inside(hq)) as client:
        answer = client.request(method, path, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "admin_token")


def _inside(hq: RealHq) -> httpx.BaseTransport:
    assert hq.inside is not None
    return hq.inside


def test_every_route_is_a_registers_an_administrators_or_everybodys(hq: RealHq) -> None:
    with httpx.Client(base_url="http://hq.test", transport=_inside(hq)) as client:
        paths = client.get("/schema/openapi.json").json()["paths"]
    mine = {
        (method.upper(), re.sub(r"{\w+}", lambda place: PLACES.get(place[0], "1"), path))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if operation["tags"] == ["administrator"]
    }

    assert mine == set(ADMINISTRATORS_ONLY)


def test_the_page_of_the_api_needs_nothing_from_elsewhere(hq: RealHq) -> None:
    with httpx.Client(base_url="http://hq.test", transport=_inside(hq)) as client:
        page = client.get("/schema").text

    assert "/v1/devices/{device}/facts" in page
    assert "//" not in page.replace("<!doctype", "").replace("//hq.test", "")


def test_the_token_is_its_owners_alone(tmp_path: Path) -> None:
    settings = Settings.embedded(tmp_path / "hq")

    assert stat.S_IMODE((tmp_path / "hq" / "admin.token").stat().st_mode) == 0o600
    assert Settings.embedded(tmp_path / "hq").admin_token == settings.admin_token
    assert settings.admin_token not in repr(settings)


def test_a_token_that_is_easily_guessed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "admin.token").write_text("1234\n")

    with pytest.raises(Refusal) as refusal:
        Settings.embedded(tmp_path)

    assert refusal.value.code == "admin_token_short"


def test_a_revoked_register_is_shut_out_and_its_chain_stays(hq: RealHq, till: Till) -> None:
    till.note(2)
    till.push()
    hq.administrator("POST", f"/v1/devices/{till.device}/revoke")

    answers = [till.ask("GET", "/v1/changes?after="), till.send([till.facts[0].canonical], till.facts[:1])]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(403, "device_revoked")] * 2
    assert len(hq.facts_of(till.device)) == 2


def test_a_register_of_another_key_is_not_believed(hq: RealHq, till: Till) -> None:
    thief = Till(Identity(till.device, new_key()), hq)

    answer = thief.ask("GET", "/v1/changes?after=")

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")


def test_a_register_that_never_enrolled_is_not_known(hq: RealHq) -> None:
    answer = Till(Identity("S001-R9", new_key()), hq).ask("GET", "/v1/changes?after=")

    assert (answer.status_code, answer.json()["code"]) == (401, "device_unknown")


def test_a_request_without_a_signature(hq: RealHq) -> None:
    with httpx.Client(base_url="http://hq.test", transport=_inside(hq)) as client:
        answer = client.get("/v1/snapshot")

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_missing")


def test_a_request_that_is_heard_twice_is_answered_once(hq: RealHq, till: Till) -> None:
    signed = signed_get(till, "/v1/changes?after=", datetime.now(UTC))
    with httpx.Client(base_url="http://hq.test", transport=_inside(hq)) as client:
        first, second = (client.get("/v1/changes?after=", headers=signed) for _ in range(2))

    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (401, "signature_replayed")


def test_a_register_with_a_wrong_clock_hears_what_time_it_is(hq: RealHq, till: Till) -> None:
    signed = signed_get(till, "/v1/changes?after=", datetime.now(UTC) - timedelta(hours=8))
    with httpx.Client(base_url="http://hq.test", transport=_inside(hq)) as client:
        answer = client.get("/v1/changes?after=", headers=signed)

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_stale")
    assert abs(datetime.fromisoformat(answer.json()["time"]) - datetime.now(UTC)) < timedelta(seconds=30)


def signed_get(till: Till, target: str, at: datetime) -> dict[str, str]:
    parts = RequestParts("GET", target, {})
    key, nonce = till.identity.key, secrets.token_hex(12)
    return dict(sign_request(parts, b"", device=till.device, key=key, created=at, nonce=nonce))


@pytest.mark.parametrize("head", ["", "1 1 00 00", "not a head", "1 1 zz zz"])
def test_a_head_that_its_owner_did_not_sign(hq: RealHq, till: Till, head: str) -> None:
    till.note(1)

    answer = till.post(till.facts[0].canonical, **{HEAD_HEADER: head})

    assert (answer.status_code, answer.json()["code"]) == (400, "head_signature")
    assert hq.facts_of(till.device) == []


def test_a_head_signed_by_another(hq: RealHq, till: Till) -> None:
    till.note(1)
    forged = sign_head(till.device, till.head(), new_key())

    assert till.post(till.facts[0].canonical, **{HEAD_HEADER: forged}).json()["code"] == "head_signature"


@pytest.mark.parametrize("place", [Position(1, 2**63), Position(2**63, 1), Position(1, 10**30), Position(-1, 1)])
def test_a_head_whose_place_nobody_can_count_to(till: Till, place: Position) -> None:
    till.note(1)
    signed = sign_head(till.device, ChainHead(place, till.facts[0].hash), till.identity.key)

    answer = till.post(till.facts[0].canonical, **{HEAD_HEADER: signed})

    assert (answer.status_code, answer.json()["code"]) == (400, "head_signature")
    assert till.push().acked_seq == 1


def test_a_head_of_another_place_stores_no_fact_in_a_wrong_one(hq: RealHq, till: Till) -> None:
    till.note(3)
    elsewhere = ChainHead(Position(1, 9), till.facts[-1].hash)
    signed = sign_head(till.device, elsewhere, till.identity.key)

    answer = till.post(b"\n".join(fact.canonical for fact in till.facts), **{HEAD_HEADER: signed})

    assert answer.json()["code"] == "batch_not_in_order"
    assert hq.facts_of(till.device) == []


def test_a_head_shorter_than_its_batch(till: Till) -> None:
    till.note(3)

    answer = till.send([fact.canonical for fact in till.facts], till.facts[:1])

    assert answer.json()["code"] == "batch_not_in_order"


ZSTD = {"Content-Encoding": "zstd"}
BODIES = [
    pytest.param(b"", {}, 400, "batch_empty", id="nothing"),
    pytest.param(b"\n".join([b"{}"] * (MAX_BATCH_FACTS + 1)), {}, 413, "batch_too_large", id="too many facts"),
    pytest.param(b"x" * (MAX_LINE_BYTES + 1), {}, 422, "fact_too_large", id="a huge fact"),
    pytest.param(b"x" * (MAX_FACTS_BODY_BYTES + 1), {}, 413, "body_too_large", id="a huge body"),
    pytest.param(compress(b"x" * (MAX_FACTS_BODY_BYTES + 1)), ZSTD, 413, "body_too_large", id="bomb"),
    pytest.param(compress(b"{}")[:-3], ZSTD, 400, "body_damaged", id="half a frame"),
    pytest.param(compress(b"{}") + b"tail", ZSTD, 400, "body_damaged", id="more than a frame"),
    pytest.param(b"{}", ZSTD, 400, "body_damaged", id="no frame"),
    pytest.param(b"{}", {"Content-Encoding": "br"}, 415, "encoding_unknown", id="another encoding"),
]


@pytest.mark.parametrize(("body", "headers", "status", "code"), BODIES)
def test_a_body_that_is_none(till: Till, body: bytes, headers: dict[str, str], status: int, code: str) -> None:
    till.note(1)
    signed = sign_head(till.device, till.head(), till.identity.key)

    answer = till.post(body, **{HEAD_HEADER: signed, **headers})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert till.push().acked_seq == 1


def test_a_bomb_is_not_unpacked_whole(till: Till) -> None:
    bomb = compress(bytes(2**30))
    assert len(bomb) < 200_000

    answer = till.post(bomb, **{HEAD_HEADER: "1 1 00 00", "Content-Encoding": "zstd"})

    assert answer.status_code == 413


def test_a_body_need_not_be_compressed(till: Till) -> None:
    till.note(2)
    signed = sign_head(till.device, till.head(), till.identity.key)

    answer = till.post(b"\n".join(fact.canonical for fact in till.facts), **{HEAD_HEADER: signed})

    assert answer.json()["acked_seq"] == 2


def test_an_answer_carries_the_id_that_a_gateway_gave(hq: RealHq) -> None:
    with httpx.Client(base_url="http://hq.test", transport=_inside(hq)) as client:
        given = client.get("/healthz", headers={"X-Request-Id": "gateway-0001"}).headers["X-Request-Id"]
        odd = client.get("/healthz", headers={"X-Request-Id": "a b\tc"}).headers["X-Request-Id"]

    assert given == "gateway-0001"
    assert len(odd) == 32


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/healthz", 405, "method_not_allowed"),
        ("GET", "/v1/reports/sales?first=yesterday", 400, "request_malformed"),
        ("GET", "/v1/reports/sales?limit=0", 400, "request_malformed"),
    ],
)
def test_a_question_that_is_none(hq: RealHq, method: str, path: str, status: int, code: str) -> None:
    answer = as_administrator(hq, method, path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["time"]
