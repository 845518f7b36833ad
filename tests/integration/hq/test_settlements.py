"""The daily scan: a wrong price raises an alarm and freezes a settlement until a person releases it; tills sell on."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sync.hq.channels.feed import FEED
from sync.hq.embedded import EmbeddedHq
from sync.hq.main import main
from tests.integration.hq.selling import basket_of, ring
from tests.integration.hq.sending import import_json, mistakes
from tests.integration.hq.test_channels import ask_as
from tests.integration.hq.till import LOOSE, OIL, RICE, Till, execute
from tests.support.real_hq import RealHq

Doc = dict[str, Any]

HALF: Doc = {"id": "HALF", "kind": "nth", "of": {"skus": [RICE]}, "size": 2, "discounted": 1, "percent": 50}


def scan(hq: RealHq, **query: object) -> Doc:
    said: Doc = hq.administrator("POST", "/v1/prices/scan", params=query)
    return said


def frozen(hq: RealHq) -> dict[str, Doc]:
    rows = hq.administrator("GET", "/v1/settlements?state=frozen")["rows"]
    return {row["subject"]: row for row in rows}


def release(hq: RealHq, own: str, **said: object) -> httpx.Response:
    return ask_as(hq, hq.settings.admin_token, "POST", f"/v1/settlements/{own}/release", json=said)


@pytest.fixture
def app(hq: RealHq) -> str:
    """Register a channel, long after the prices were set; give its token."""
    execute(hq, "UPDATE price_change SET published_at = 0")
    token: str = hq.administrator("POST", "/v1/channels", json={"id": "app"})["token"]
    return token


def lists(hq: RealHq, token: str, *rows: Doc) -> httpx.Response:
    return ask_as(hq, token, "POST", "/v1/channels/app/listed-prices", json=list(rows))


def test_right_prices_raise_no_alarm(hq: RealHq, till: Till, app: str) -> None:
    import_json(hq, {"promotions": [HALF]})
    ring(hq, till, basket_of((RICE, 3000), (LOOSE, 755)))
    till.push()
    lists(hq, app, {"sku": RICE, "amount": 6900}, {"sku": OIL, "amount": 8990, "store": "S001"})

    assert scan(hq) == {"listed": 2, "sales": 1, "alarms": 0, "frozen": [], "left_out": {}, "more": False}
    assert frozen(hq) == {}


def test_a_price_charged_wrongly_freezes_its_store_and_no_other(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    ring(hq, other, basket_of((RICE, 1000), store="S002"))
    sold = ring(hq, till, basket_of((RICE, 1000)))
    dear = [{**sold.body["lines"][0], "unit_price": 7000, "gross": 7000, "net": 7000}]
    wrong = ring(hq, till, basket_of((RICE, 1000)), lines=dear, gross=7000, payable=7000)
    for one in (till, other):
        one.push()

    said = scan(hq)

    assert (said["sales"], said["alarms"], said["frozen"]) == (3, 1, ["store:S001"])
    (row,) = frozen(hq).values()
    assert (row["subject"], row["alarm_count"], row["released"]) == ("store:S001", 1, None)
    assert row["alarms"][0] | {"at": ""} == {
        "kind": "charged",
        "at": "",
        "sale": wrong.body["sale"],
        "receipt": wrong.body["receipt"],
        "figures": [
            {"figure": "gross", "charged": 7000, "priced": 6900},
            {"figure": "payable", "charged": 7000, "priced": 6900},
            {"figure": "lines.1.unit_price", "charged": 7000, "priced": 6900},
            {"figure": "lines.1.gross", "charged": 7000, "priced": 6900},
            {"figure": "lines.1.net", "charged": 7000, "priced": 6900},
        ],
    }


def test_a_frozen_settlement_stops_no_till(hq: RealHq, till: Till) -> None:
    ring(hq, till, basket_of((RICE, 1000)), gross=1)
    till.push()
    before, _ = till.all_changes("")
    assert scan(hq)["frozen"] == ["store:S001"]

    assert till.all_changes(before)[1] == []
    ring(hq, till, basket_of((RICE, 1000)))
    assert till.push().acked_seq == 2
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 2


def test_a_sale_is_held_against_the_rules_of_its_time_and_once(hq: RealHq, till: Till) -> None:
    ring(hq, till, basket_of((RICE, 1000)))
    till.push()
    import_json(hq, {"prices": [{"id": f"B-{RICE}", "sku": RICE, "kind": "base", "amount": 1}]})

    assert [(scan(hq)["sales"], scan(hq)["sales"]), frozen(hq)] == [(1, 0), {}]


def test_a_price_set_by_hand_is_no_alarm_but_what_came_of_it_must_be_right(hq: RealHq, till: Till) -> None:
    basket = basket_of((RICE, 1000), (OIL, 1000))
    basket["lines"][0]["manual_price"] = 6000
    ring(hq, till, basket)
    till.push()
    assert scan(hq)["alarms"] == 0

    ring(hq, till, basket, payable=15_000)
    till.push()

    assert scan(hq)["alarms"] == 1
    assert [figure["figure"] for figure in frozen(hq)["store:S001"]["alarms"][0]["figures"]] == ["payable"]


def test_a_sale_of_goods_that_had_no_price_and_one_that_hides_its_rules_are_alarms(hq: RealHq, till: Till) -> None:
    import_json(hq, {"products": [{"sku": "BARE", "name": "无价"}]})
    sold = ring(hq, till, basket_of((RICE, 1000)))
    ring(hq, till, basket_of((RICE, 1000)), lines=[{**sold.body["lines"][0], "sku": "BARE"}])
    ring(hq, till, basket_of((RICE, 1000)), rulebook="")
    till.sell()
    till.push()

    said = scan(hq)

    assert (said["alarms"], said["left_out"]) == (2, {"sale_not_priceable": 1})
    refused = {alarm["refused"] for alarm in frozen(hq)["store:S001"]["alarms"]}
    assert refused == {"no_price", "it names no rulebook"}


def test_a_price_listed_wrongly_freezes_its_channel(hq: RealHq, app: str) -> None:
    import_json(
        hq,
        {
            "prices": [
                {"id": "WEB", "sku": OIL, "kind": "base", "amount": 8500, "channel": "online"},
                {"id": "S2", "sku": RICE, "kind": "base", "amount": 6000, "scope": "zone:west"},
            ]
        },
    )
    execute(hq, "UPDATE price_change SET published_at = 0")
    right = [
        {"sku": RICE, "amount": 6900},
        {"sku": RICE, "amount": 6000, "store": "S002"},
        {"sku": OIL, "amount": 8500, "store": "S001"},
    ]
    lists(hq, app, *right, {"sku": OIL, "amount": 8990}, {"sku": LOOSE, "amount": 597})

    said = scan(hq)

    assert (said["listed"], said["alarms"], said["frozen"]) == (5, 2, ["channel:app"])
    told = [
        (alarm["sku"], alarm["store"], alarm["listed"], alarm["price"], alarm["price_id"])
        for alarm in frozen(hq)["channel:app"]["alarms"]
    ]
    assert sorted(told) == [(LOOSE, "", 597, 598, f"B-{LOOSE}"), (OIL, "", 8990, 8500, "WEB")]
    assert scan(hq)["frozen"] == []
    assert frozen(hq)["channel:app"]["alarm_count"] == 2


def test_a_channel_has_a_little_while_to_follow_a_change(hq: RealHq, app: str) -> None:
    lists(hq, app, {"sku": RICE, "amount": 6900})
    import_json(hq, {"prices": [{"id": f"B-{RICE}", "sku": RICE, "kind": "base", "amount": 7200}]})
    assert scan(hq)["alarms"] == 0

    execute(hq, "UPDATE price_change SET published_at = 0")

    assert scan(hq)["alarms"] == 1


def test_what_is_listed_no_more_is_not_looked_at(hq: RealHq, app: str) -> None:
    lists(hq, app, {"sku": RICE, "amount": 1})
    lists(hq, app, {"sku": RICE, "delete": True})

    assert scan(hq)["listed"] == 0


def test_a_person_releases_a_settlement_with_a_name_and_a_reason_and_the_next_alarm_freezes_it_again(
    hq: RealHq, app: str
) -> None:
    lists(hq, app, {"sku": RICE, "amount": 1})
    scan(hq)
    own = frozen(hq)["channel:app"]["id"]

    refused = [release(hq, own), release(hq, own, name="许文"), release(hq, own, name=" ", reason="x")]
    assert [answer.json()["code"] for answer in refused] == ["name_missing", "reason_missing", "name_missing"]
    assert release(hq, own, name="许文", reason="平台改价延迟，已补差").status_code == 200
    again = release(hq, own, name="许文", reason="again")
    unknown = release(hq, "nothing", name="许文", reason="again")

    assert [(answer.status_code, answer.json()["code"]) for answer in (again, unknown)] == [
        (409, "settlement_released"),
        (404, "settlement_unknown"),
    ]
    assert frozen(hq) == {}
    assert scan(hq)["frozen"] == ["channel:app"]
    rows = hq.administrator("GET", "/v1/settlements?subject=channel:app")["rows"]
    assert {row["state"] for row in rows} == {"frozen", "released"}
    (done,) = [row["released"] for row in rows if row["released"]]
    assert (done["by"], done["reason"]) == ("许文", "平台改价延迟，已补差")


def test_every_mistake_of_a_listing_is_named_and_only_the_channel_itself_lists(hq: RealHq, app: str) -> None:
    other: str = hq.administrator("POST", "/v1/channels", json={"id": "mini"})["token"]
    answer = lists(
        hq,
        app,
        {"sku": "GHOST", "amount": 1},
        {"sku": RICE, "amount": -1},
        {"sku": RICE, "amount": 1, "store": "S009"},
        {"sku": OIL},
        {"sku": OIL, "amount": 1},
        {"sku": LOOSE, "amount": 1},
    )

    assert mistakes(answer) == [(1, "sku"), (2, "amount"), (3, "store"), (4, "amount"), (5, "sku")]
    assert lists(hq, other, {"sku": RICE, "amount": 1}).status_code == 401
    assert lists(hq, hq.settings.admin_token, {"sku": RICE, "amount": 6900}).status_code == 200
    nobody = ask_as(hq, hq.settings.admin_token, "POST", "/v1/channels/none/listed-prices", json=[])
    assert nobody.json()["code"] == "channel_unknown"
    assert ask_as(hq, app, "POST", "/v1/channels/app/listed-prices", json={"a": 1}).json()["code"] == "body_malformed"


def test_many_sales_are_scanned_in_steps(hq: RealHq, till: Till) -> None:
    for _ in range(5):
        ring(hq, till, basket_of((RICE, 1000)))
    till.push()

    steps = [scan(hq, limit=2) for _ in range(3)]

    assert [(said["sales"], said["more"]) for said in steps] == [(2, True), (2, True), (1, False)]


@pytest.mark.loopback
def test_a_scan_from_the_command_line(hq: RealHq, till: Till, capsys: pytest.CaptureFixture[str]) -> None:
    ring(hq, till, basket_of((RICE, 1000)), gross=1)
    till.sell()
    till.push()
    hq.stop()
    with EmbeddedHq(hq.settings) as served:
        door = ["--hq", served.address, "--data", str(served.settings.folder)]
        assert main(["scan-prices", *door]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "0 listed prices and 2 sales: 1 alarms",
        "  left out: 1 (sale_not_priceable)",
        "  frozen: store:S001",
    ]


def test_the_feed_is_no_scope_that_a_register_could_read(till: Till) -> None:
    answer = till.ask("GET", "/v1/changes", params={"after": f"{FEED}:0"})

    assert answer.json()["code"] == "scope_foreign"
