"""A person's data on request: handed out whole, or gone, with the ledgers kept. Nobody's phone or name is in a log."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from sync.hq.app import create_app
from sync.hq.logs import make_log
from sync.protocol.topics import COUPON, MEMBER, PURCHASE
from tests.integration.hq.sending import import_json
from tests.integration.hq.test_channel_events import event, tell
from tests.integration.hq.till import RICE, Till, execute, goods, until_copies_went
from tests.support.in_process import in_process
from tests.support.real_hq import RealHq

NAME, PHONE, NOTE = "林小满", "13911113333", "六楼无电梯"
SECRETS = (NAME, PHONE, NOTE, "lxm", "C-7788")


@pytest.fixture
def log() -> StringIO:
    return StringIO()


@pytest.fixture
def telling(hq: RealHq, log: StringIO) -> Iterator[RealHq]:
    """The headquarters, with its log written down."""
    hq.stop()
    hq.running = ExitStack()
    hq.inside = hq.running.enter_context(in_process(create_app(hq.settings, log=make_log(log))))
    yield hq
    hq.stop()


@pytest.fixture
def person(telling: RealHq) -> Till:
    """Somebody who was registered in one store, is linked to an imported card, and did something everywhere."""
    till = Till(telling.enrol("S001"), telling)
    token = telling.administrator("POST", "/v1/channels", json={"id": "app"})["token"]
    till.do("member_registered", {"member": "U1", "name": NAME, "phone": PHONE, "consent": "2026-11"})
    till.receipts += 1
    points = {"member": {"id": "U1"}, "uses": {}, "points_earned": 69, "points_used": 0}
    till.do("sale", till.sale_body(goods(RICE)) | points, version=2)
    till.push()
    card = {"id": "M7", "name": NAME, "phone": PHONE, "card": "C-7788", "home_store": "S002", "points": 40}
    templates = [{"id": "T", "kind": "cash", "off": 500}]
    coupons = [{"id": "C1", "template": "T", "member": "M7"}]
    rows = {"members": [card], "coupon_templates": templates, "coupons": coupons}
    assert import_json(telling, rows).status_code == 200
    tell(telling, token, event(who={"phone": PHONE}, note=NOTE))
    return till


def whole(hq: RealHq) -> str:
    """All that is in headquarters' database, as text; bytes are opened."""
    found: list[str] = []
    with closing(sqlite3.connect(f"file:{hq.folder / 'hq.db'}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):
                found += [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in row]
    return "\n".join(found)


def standing(till: Till) -> dict[str, Any]:
    """What of members the till's store has, by topic and key."""
    _, changes = till.all_changes("")
    return {
        f"{change.topic} {change.key}": change.body
        for change in changes
        if change.topic in {MEMBER, COUPON, PURCHASE} and change.key != "M1" and change.body is not None
    }


def test_all_that_is_known_of_a_person_is_handed_out(telling: RealHq, person: Till) -> None:
    found = telling.administrator("GET", "/v1/members/U1/export")

    assert sorted(found["family"]) == ["M7", "U1"]
    assert found["points"] == 109
    assert {each["phone"] for each in found["members"]} == {PHONE}
    assert sorted(each["kind"] for each in found["known_by"]) == ["card", "phone", "phone"]
    assert [each["member"] for each in found["sales"]] == ["U1"]
    assert [each["document"]["note"] for each in found["elsewhere"]] == [NOTE]
    assert [each["id"] for each in found["coupons"]] == ["C1"]
    assert "digest" not in found["elsewhere"][0]


def test_who_is_erased_is_in_no_row_and_in_no_store_and_the_books_stay(telling: RealHq, person: Till) -> None:
    other = Till(telling.enrol("S002"), telling, "S002")
    before = standing(person)
    assert {f"{MEMBER} M7", f"{MEMBER} U1", f"{COUPON} C1", f"{PURCHASE} app:E1"} <= before.keys()
    assert len([key for key in before if key.startswith(PURCHASE)]) == 2
    assert all(each in whole(telling) for each in (NAME, PHONE, NOTE))

    erased = telling.administrator("POST", "/v1/members/U1/erase", json={"by": "许文清"})
    until_copies_went(telling)

    assert sorted(erased["erased"]) == ["M7", "U1"]
    assert standing(person) == standing(other) == {}
    left = whole(telling)
    assert [each for each in SECRETS if each in left] == []
    assert telling.administrator("GET", "/v1/members/U1/family")["points"] == 109
    assert telling.administrator("GET", "/v1/reports/ledgers")["rows"] == []
    assert [row["ok"] for row in telling.administrator("GET", "/v1/reports/chains")["rows"]] == [True, True]


def test_a_register_goes_on_behind_an_erased_fact_and_a_new_registration_is_another_person(
    telling: RealHq, person: Till
) -> None:
    telling.administrator("POST", "/v1/members/U1/erase", json={"by": "许文清"})

    person.do("member_registered", {"member": "U2", "name": NAME, "phone": PHONE, "consent": "2026-11"})
    assert person.push().exceptions == []
    until_copies_went(telling)

    assert telling.administrator("GET", "/v1/members/U2/family")["family"] == ["U2"]
    assert f"{MEMBER} U2" in standing(person)


def test_a_sale_that_was_taken_over_stays_and_a_registration_goes(telling: RealHq, person: Till) -> None:
    registration, sale = person.facts[:2]
    for taken_over in (registration, sale):
        person.do("adopted", {"fact": taken_over.canonical.decode()})
    person.push()

    telling.administrator("POST", "/v1/members/U1/erase", json={"by": "许文清"})

    states = execute(telling, "SELECT kind, state FROM fact ORDER BY seq")
    assert [state == "erased" for _, state in states] == [True, False, True, False]
    assert [kind for kind, _ in states] == ["member_registered", "sale", "adopted", "adopted"]


def test_nobody_cannot_be_erased(telling: RealHq) -> None:
    with pytest.raises(AssertionError, match="member_unknown"):
        telling.administrator("POST", "/v1/members/nobody/erase", json={"by": "许文清"})


def test_no_log_line_has_anybodys_phone_or_name(telling: RealHq, person: Till, log: StringIO, tmp_path: Path) -> None:
    telling.administrator("GET", "/v1/members/U1/export")
    telling.administrator("POST", "/v1/members/U1/part", json={"by": "许文清"})
    telling.administrator("POST", "/v1/members/U1/erase", json={"by": "许文清"})

    lines = log.getvalue()
    assert "member_erased" in lines
    assert "events_taken" in lines
    assert [each for each in (NAME, PHONE, NOTE, "C-7788") if each in lines] == []
    assert [path.name for path in telling.folder.glob("*.log")] == []
