"""Signed codes end to end: a channel asks for one, a register with no line believes it, and keys change meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import MemberId, OperatorId
from pos_app.domain.instants import instant_of
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from sync.hq.tokens.keys import turn_if_due
from tests.integration.hq.sending import import_json
from tests.integration.hq.test_channels import ask_as
from tests.integration.hq.till import execute
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

MEMBER = {"id": "M9", "name": "李梅", "tier": "gold", "phone": "13900000001", "stores": ["S001"]}


@pytest.fixture
def register(hq: RealHq, tmp_path: Path) -> Iterator[WholeRegister]:
    import_json(hq, {"members": [MEMBER, MEMBER | {"id": "M8", "phone": "13900000002", "stores": ["S002"]}]})
    hq.administrator("POST", "/v1/token-keys/turn")
    made = enrolled(hq, tmp_path / "till", "S001")
    made.clock.at = datetime.now(UTC)
    yield made
    made.stop()


def code_of(hq: RealHq, member: str = "M9") -> str:
    return str(hq.administrator("POST", f"/v1/members/{member}/code")["code"])


def scanned(register: WholeRegister, code: str) -> Member:
    member = register.opened.selling.scan(code).basket.member
    assert member is not None
    register.opened.selling.clear()
    return member


def refused(register: WholeRegister, code: str) -> str:
    with pytest.raises(Refusal) as told:
        register.opened.selling.scan(code)
    return told.value.code


def keys(hq: RealHq) -> list[str]:
    return [row["state"] for row in hq.administrator("GET", "/v1/token-keys")["rows"]]


def test_a_code_names_its_member_with_no_line(hq: RealHq, register: WholeRegister) -> None:
    code, stranger = code_of(hq), code_of(hq, "M8")
    hq.stop()

    assert scanned(register, code).name == "李梅"
    assert scanned(register, stranger) == Member(MemberId("M8"), "", tier="gold")


def test_a_channel_may_ask_and_nobody_else(hq: RealHq, register: WholeRegister) -> None:
    token = hq.administrator("POST", "/v1/channels", json={"id": "app"})["token"]

    assert scanned(register, ask_as(hq, token, "POST", "/v1/members/M9/code").json()["code"]).id == "M9"
    assert ask_as(hq, "guessed", "POST", "/v1/members/M9/code").status_code == 401
    unknown = ask_as(hq, token, "POST", "/v1/members/M404/code")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "member_unknown")
    unknown = ask_as(hq, token, "POST", "/v1/coupons/C404/code")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "coupon_unknown")


def test_a_store_that_is_away_while_keys_turn_believes_the_new_one(hq: RealHq, register: WholeRegister) -> None:
    old = code_of(hq)
    hq.administrator("POST", "/v1/token-keys/turn")
    new = code_of(hq)

    assert scanned(register, new).id == "M9"
    assert scanned(register, old).id == "M9"
    assert keys(hq) == ["kept", "kept", "signs", "next"]


def test_a_key_that_no_register_was_told_of_is_not_believed_until_it_comes(hq: RealHq, register: WholeRegister) -> None:
    for _ in range(2):
        hq.administrator("POST", "/v1/token-keys/turn")
    code = code_of(hq)
    assert refused(register, code) == "token_key_unknown"

    register.sync()

    assert scanned(register, code).id == "M9"


def test_what_a_stolen_key_signed_ends_where_the_news_has_come(hq: RealHq, register: WholeRegister) -> None:
    stolen = code_of(hq)
    hq.administrator("POST", "/v1/token-keys/turn", params={"forget": "true"})

    register.sync()

    assert refused(register, stolen) == "token_key_unknown"
    assert scanned(register, code_of(hq)).id == "M9"
    assert keys(hq) == ["signs", "next"]


def test_a_key_signs_for_its_term_and_is_dropped_long_after(hq: RealHq, register: WholeRegister) -> None:
    inside, begin = hq.inside, datetime.now(UTC)
    assert inside is not None

    def turn_after(days: int) -> int:
        return inside.call(turn_if_due, inside.app.state.hq.database, instant_of(begin + timedelta(days=days)))

    assert [turn_after(days) for days in (29, 31, 32, 62)] == [0, 1, 0, 1]
    assert keys(hq).count("kept") == 3
    assert turn_after(500) == 1
    assert keys(hq) == ["kept", "signs", "next"]
    register.sync()
    assert len(register.opened.replica.token_keys()) == 3


def test_secrets_stay_at_headquarters(hq: RealHq, register: WholeRegister) -> None:
    hq.administrator("POST", "/v1/token-keys/turn")
    assert execute(hq, "SELECT DISTINCT secret FROM token_key WHERE state = 'kept'") == [("",)]
    secrets = [row[0] for row in execute(hq, "SELECT secret FROM token_key WHERE state <> 'kept'")]
    published = [row[0] or "" for row in execute(hq, "SELECT body FROM publication")]

    assert secrets
    assert not [secret for secret in secrets if any(secret in body for body in published)]
    assert "secret" not in str(hq.administrator("GET", "/v1/token-keys"))
    register.sync()


def test_a_copy_that_was_used_at_another_register_with_no_line_is_found(
    hq: RealHq, register: WholeRegister, tmp_path: Path
) -> None:
    other = enrolled(hq, tmp_path / "other", "S002")
    other.clock.at = register.clock.at
    code = code_of(hq)
    for each in (register, other):
        each.line.cut()
        each.opened.selling.scan(code)
        each.opened.selling.scan("6999999000112")
    basket = other.opened.selling.view().basket.id
    other.opened.selling.suspend(OperatorId("1001"))
    other.restart()
    other.opened.selling.recall(basket)
    for each in (register, other):
        each.opened.selling.complete_with_cash(Fen(10_000), OperatorId("1001"))
        each.line.mend()
        each.sync()
    other.stop()

    (row,) = hq.administrator("GET", "/v1/exceptions")["rows"]
    assert (row["device"], row["code"], row["details"]["store"]) == ("S002-R1", "member_code_reused", "S001")
