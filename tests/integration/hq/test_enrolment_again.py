"""A used enrolment code is answered again for a lost answer only: not for ever, and not to a revoked register. Whoever
brings a key has its private half.
"""

from datetime import datetime, timedelta

import httpx
import msgspec
import pytest

from pos_app.domain.errors import Refusal
from sync.client.clock import HqClock, MachineTicks
from sync.client.enrolment import enrol, make_key
from sync.client.signing import Identity
from sync.client.transport import HqLine, Question
from sync.protocol.signatures import public_hex, read_key
from sync.protocol.wire import EnrolRequest
from tests.integration.hq.test_door import code_for
from tests.integration.hq.till import execute
from tests.support.real_hq import Borrowed, RealHq


def test_a_used_code_is_not_answered_again_once_it_is_too_old_or_the_register_is_revoked(hq: RealHq) -> None:
    line = HqLine("http://hq.test", HqClock(), transport=hq, verify=False)
    codes = {each: make_key() for each in (code_for(hq), code_for(hq))}
    revoked, old = codes
    devices = [enrol(line, code, key).answer.device for code, key in codes.items()]

    hq.administrator("POST", f"/v1/devices/{devices[0]}/revoke")
    execute(hq, "UPDATE enrol_code SET expires_at = 1 WHERE used_at IS NOT NULL AND register = 2")

    for code, why in ((revoked, "enrol_code_used"), (old, "enrol_code_expired")):
        with pytest.raises(Refusal) as refusal:
            enrol(line, code, codes[code])
        assert refusal.value.code == why


def brings(hq: RealHq, code: str, brought: bytes, signer: Identity | None) -> str:
    """Bring the public half of a key, signed by whomever; tell with what headquarters refuses it."""
    question = EnrolRequest(code, public_hex(read_key(brought)))
    with pytest.raises(Refusal) as refusal:
        HqLine("http://hq.test", HqClock(), transport=Borrowed(hq), verify=False).ask(
            Question("POST", "/v1/devices/enrol", body=msgspec.json.encode(question), signer=signer)
        )
    return refusal.value.code


def test_a_key_is_pinned_only_for_who_has_its_private_half(hq: RealHq) -> None:
    code, mine, theirs = code_for(hq), make_key(), make_key()
    my_name = public_hex(read_key(mine))

    assert brings(hq, code, mine, None) == "signature_missing"
    assert brings(hq, code, mine, Identity.read(my_name, theirs)) == "signature_invalid"
    assert brings(hq, code, mine, Identity.read(public_hex(read_key(theirs)), theirs)) == "signature_invalid"
    assert execute(hq, "SELECT count(*) FROM device") == [(0,)]

    line = HqLine("http://hq.test", HqClock(), transport=hq, verify=False)
    assert enrol(line, code, mine).answer.device == "S001-R1"


def test_an_enrolment_taken_from_the_line_is_answered_to_nobody_else(hq: RealHq) -> None:
    heard: list[httpx.Request] = []

    class Overheard(Borrowed):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            heard.append(request)
            return super().handle_request(request)

    enrol(HqLine("http://hq.test", HqClock(), transport=Overheard(hq), verify=False), code_for(hq), make_key())
    (asked,) = heard

    again = hq.handle_request(asked)

    assert (again.status_code, msgspec.json.decode(again.read())["code"]) == (401, "signature_replayed")


def test_a_register_whose_clock_is_years_off_enrols_by_headquarters_time(hq: RealHq) -> None:
    class LongAgo(MachineTicks):
        def wall(self) -> datetime:
            return super().wall() - timedelta(days=4000)

    line = HqLine("http://hq.test", HqClock(LongAgo()), transport=hq, verify=False)

    assert enrol(line, code_for(hq), make_key()).answer.device == "S001-R1"
