"""A used enrolment code is answered again for a lost answer only: not for ever, and not to a revoked register."""

import pytest

from pos_app.domain.errors import Refusal
from sync.client.clock import HqClock
from sync.client.enrolment import enrol, make_key
from sync.client.transport import HqLine
from tests.integration.hq.test_door import code_for
from tests.integration.hq.till import execute
from tests.support.real_hq import RealHq


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
