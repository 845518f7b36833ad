"""What other channels tell of members: each event once, into the timeline of every store that knows the member."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sync.protocol.topics import PURCHASE
from tests.integration.hq.sending import import_json
from tests.integration.hq.till import RICE, Till, execute, goods, until_copies_went
from tests.support.real_hq import Borrowed, RealHq

Doc = dict[str, Any]
ME = {"member": "M1"}
PHONE = "13800001137"


@pytest.fixture
def token(hq: RealHq) -> str:
    return str(hq.administrator("POST", "/v1/channels", json={"id": "app"})["token"])


def event(own: str = "E1", **otherwise: object) -> Doc:
    said = {"id": own, "kind": "order", "at": "2026-06-18T09:30:00+08:00", "who": ME, "number": "A1", "amount": 6990}
    return said | {"lines": [{"sku": RICE, "quantity": 1000, "amount": 6990}]} | otherwise


def tell(hq: RealHq, token: str, *events: Doc, channel: str = "app") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url="http://hq.test", transport=Borrowed(hq), headers=headers) as client:
        response = client.post(f"/v1/channels/{channel}/events", json={"events": list(events)})
    until_copies_went(hq)
    return response


def bought(till: Till) -> dict[str, Doc]:
    """The purchases at a register's store, by key."""
    _, changes = till.all_changes("")
    return {change.key: dict(change.body) for change in changes if change.topic == PURCHASE and change.body is not None}


def test_an_order_of_the_app_reaches_every_store_of_the_member_once(
    hq: RealHq, token: str, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")

    first, again = tell(hq, token, event()), tell(hq, token, event(amount=1), event("E2"))

    assert first.json() == {"taken": ["E1"], "repeated": [], "nobodys": []}
    assert again.json() == {"taken": ["E2"], "repeated": ["E1"], "nobodys": []}
    for register in (till, other):
        found = bought(register)
        assert sorted(found) == ["app:E1", "app:E2"]
        assert {name: found["app:E1"][name] for name in ("member", "channel", "kind", "amount", "lines")} == {
            "member": "M1",
            "channel": "app",
            "kind": "order",
            "amount": 6990,
            "lines": [[RICE, 1000, 6990, ""]],
        }


def test_who_is_named_by_a_phone_is_found_and_the_phone_is_kept_nowhere(hq: RealHq, token: str, till: Till) -> None:
    import_json(hq, {"members": [{"id": "M5", "phone": "13911112222", "home_store": "S001"}]})

    tell(hq, token, event(who={"phone": "+86 139 1111 2222"}))

    assert bought(till)["app:E1"]["member"] == "M5"
    assert execute(hq, "SELECT count(*) FROM channel_event WHERE document LIKE '%139%' OR digest LIKE '%139111%'") == [
        (0,)
    ]


def test_what_was_nobodys_is_the_members_who_comes_with_that_phone_later(hq: RealHq, token: str, till: Till) -> None:
    stranger = {"phone": "13911113333"}
    assert tell(hq, token, event(who=stranger)).json()["nobodys"] == ["E1"]
    assert bought(till) == {}

    registered = {"member": "U1", "name": "林小满", "phone": "13911113333", "consent": "1"}
    till.do("member_registered", registered)
    till.push()
    until_copies_went(hq)

    assert bought(till)["app:E1"]["member"] == "U1"


def test_an_account_that_came_with_a_known_phone_is_known_alone_from_then_on(
    hq: RealHq, token: str, till: Till
) -> None:
    import_json(hq, {"members": [{"id": "M5", "phone": "13911112222", "home_store": "S001"}]})
    tell(hq, token, event(who={"phone": "13911112222", "openid": "o-77"}))

    tell(hq, token, event("E2", who={"openid": "o-77"}))

    assert bought(till)["app:E2"]["member"] == "M5"


def test_a_sale_stands_beside_it(hq: RealHq, token: str, till: Till) -> None:
    tell(hq, token, event())
    till.receipts += 1
    points = {"member": {"id": "M1"}, "uses": {}, "points_earned": 69, "points_used": 0}
    till.do("sale", till.sale_body(goods(RICE)) | points, version=2)
    till.push()

    kinds = sorted((found["channel"], found["kind"], found.get("points", 0)) for found in bought(till).values())
    assert kinds == [("app", "order", 0), ("store", "sale", 69)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"at": "yesterday"}, "events[0].at"),
        ({"at": "2026-06-18T09:30:00"}, "events[0].at"),
        ({"who": {}}, "events[0].who"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_nothing_is_kept(
    hq: RealHq, token: str, wrong: Doc, field: str
) -> None:
    response = tell(hq, token, event(**wrong), event("E2"))

    assert (response.status_code, response.json()["code"], response.json()["field"]) == (400, "event_malformed", field)
    assert execute(hq, "SELECT count(*) FROM channel_event") == [(0,)]


@pytest.mark.parametrize("wrong", [{"kind": "dance"}, {"id": ""}, {"amount": "6990"}, {"phone": PHONE}])
def test_another_shape_is_refused(hq: RealHq, token: str, wrong: Doc) -> None:
    assert tell(hq, token, event(**wrong)).json()["code"] == "body_malformed"


def test_twice_in_one_batch_and_another_channels_token_are_refused(hq: RealHq, token: str) -> None:
    assert tell(hq, token, event(), event()).json()["field"] == "events[1].id"
    hq.administrator("POST", "/v1/channels", json={"id": "shop"})
    assert tell(hq, token, event(), channel="shop").status_code == 401
