"""Enrolment: a one-time code against a key made here; a lost answer is asked for again."""

import pytest

from pos_app.domain.errors import LineDown, LineTalksRubbish, Refusal
from sync.client.clock import HqClock
from sync.client.enrolment import enrol, make_key
from sync.client.transport import HqLine
from tests.support.branch import Branch
from tests.support.mishaps import answer_lost, answered


@pytest.fixture
def stranger(branch: Branch) -> HqLine:
    """Give the line of a register that nobody knows yet; headquarters has handed out a code."""
    branch.hq.codes["482-916"] = ""
    return HqLine("http://hq.test", HqClock(), transport=branch.line, verify=False)


def test_a_code_makes_a_register_of_the_chain(branch: Branch, stranger: HqLine) -> None:
    key = make_key()

    enrolment = enrol(stranger, " 482-916 ", key)

    assert (enrolment.answer.device, enrolment.answer.store) == ("S001-R1", "S001")
    assert enrolment.private_key_pem == key
    assert "PRIVATE" not in repr(enrolment)
    assert stranger.clock.measured
    assert "S001-R1" in branch.hq.keys


def test_a_lost_answer_is_asked_for_again_with_the_same_key(branch: Branch, stranger: HqLine) -> None:
    key = make_key()
    branch.mishaps.expect(answer_lost)
    with pytest.raises(LineDown):
        enrol(stranger, "482-916", key)

    assert enrol(stranger, "482-916", key).answer.device == "S001-R1"


def test_a_used_code_is_refused_to_another_key(stranger: HqLine) -> None:
    enrol(stranger, "482-916", make_key())

    with pytest.raises(Refusal) as refused:
        enrol(stranger, "482-916", make_key())
    assert refused.value.code == "enrol_code_used"


def test_a_wrong_code_is_refused(stranger: HqLine) -> None:
    with pytest.raises(Refusal) as refused:
        enrol(stranger, "000-000", make_key())
    assert refused.value.code == "enrol_code_unknown"


def test_an_answer_of_another_shape_is_rubbish(branch: Branch, stranger: HqLine) -> None:
    branch.mishaps.expect(answered(200, b'{"device":"S001-R1"}'))

    with pytest.raises(LineTalksRubbish):
        enrol(stranger, "482-916", make_key())
