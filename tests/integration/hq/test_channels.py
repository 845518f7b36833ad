"""Channels: the feed of price changes, for who asks and for who is told, whatever the target does."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from sync.hq.channels.webhooks import DELIVERY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from sync.hq.settings import WebhookPace
from tests.integration.hq.selling import basket_of
from tests.integration.hq.sending import import_json
from tests.integration.hq.till import RICE, execute
from tests.support.real_hq import RealHq

Doc = dict[str, Any]
FROM, TO = "2026-06-18T00:00:00+08:00", "2026-06-20T00:00:00+08:00"


def cut(amount: int, own: str = "CUT", **more: object) -> Doc:
    return {"id": own, "sku": RICE, "kind": "campaign", "amount": amount, **more}


def changes(hq: RealHq, **query: object) -> Doc:
    answer: Doc = hq.administrator("GET", "/v1/prices/changes", params=query)
    return answer


def ids(part: Doc) -> dict[str, int | None]:
    """Tell what became of rows: their amount, None where they are gone."""
    return {each["id"]: None if each.get("deleted") else each["row"]["amount"] for each in part["changes"]}


def ask_as(hq: RealHq, token: str, method: str, path: str, **what: Any) -> httpx.Response:  # noqa: ANN401 — httpx's own words
    assert hq.inside is not None
    with httpx.Client(
        base_url="http://hq.test", transport=hq.inside, headers={"Authorization": f"Bearer {token}"}
    ) as client:
        return client.request(method, path, **what)


def test_the_feed_begins_with_what_stands_and_goes_on_with_what_changes(hq: RealHq) -> None:
    begin = changes(hq)
    assert set(ids(begin)) == {"B-RICE5", "B-OIL5", "B-LOOSE"}
    import_json(hq, {"prices": [cut(6000, **{"from": FROM, "to": TO}), {"id": "B-OIL5", "delete": True}]})

    news = changes(hq, after=begin["after"])

    assert ids(news) == {"CUT": 6000, "B-OIL5": None}
    assert (news["changes"][0]["row"]["from"], news["changes"][0]["row"]["to"]) == (FROM, TO)
    assert changes(hq, after=news["after"])["changes"] == []
    assert import_json(hq, {"prices": [cut(6000, **{"from": FROM, "to": TO})]}).json()["published"] == 0
    assert changes(hq, after=news["after"])["changes"] == []


def test_each_row_comes_once_as_it_stands_now(hq: RealHq) -> None:
    after = changes(hq)["after"]
    for amount in (6000, 6100, 6200):
        import_json(hq, {"prices": [cut(amount)]})

    assert ids(changes(hq, after=after)) == {"CUT": 6200}


def test_a_row_that_moves_to_another_channel_is_gone_for_the_first(hq: RealHq) -> None:
    after = changes(hq)["after"]
    told: list[Doc] = []
    for row in (
        cut(6000, channel="online"),
        cut(6000, channel="store"),
        cut(6100, channel="store"),
        cut(6100, "NEVER", channel="store"),
    ):
        import_json(hq, {"prices": [row]})
        told.append({channel: ids(changes(hq, after=after, channel=channel)) for channel in ("online", "store")})

    assert told == [
        {"online": {"CUT": 6000}, "store": {}},
        {"online": {"CUT": None}, "store": {"CUT": 6000}},
        {"online": {"CUT": None}, "store": {"CUT": 6100}},
        {"online": {"CUT": None}, "store": {"CUT": 6100, "NEVER": 6100}},
    ]


def test_many_changes_come_in_parts(hq: RealHq) -> None:
    import_json(hq, {"prices": [cut(number, f"C{number}") for number in range(1, 12)]})
    found: list[str] = []
    after, more = 0, True
    while more:
        part = changes(hq, after=after, limit=4)
        found += list(ids(part))
        after, more = part["after"], part["more"]

    assert len(found) == len(set(found)) == 14


def test_a_held_question_is_answered_by_the_next_change_that_concerns_it(hq: RealHq) -> None:
    after = changes(hq)["after"]
    with ThreadPoolExecutor(1) as elsewhere:
        held = elsewhere.submit(changes, hq, after=after, wait=25)
        import_json(hq, {"prices": [cut(6000, "TILLS", channel="store")]})
        assert changes(hq, after=after)["changes"] == []
        assert not held.done()
        import_json(hq, {"prices": [cut(6100, "APP", channel="online")]})

        assert ids(held.result(20)) == {"APP": 6100}


def test_channels_ask_by_their_own_tokens(hq: RealHq) -> None:
    app = hq.administrator("POST", "/v1/channels", json={"id": "app"})
    mini = hq.administrator("POST", "/v1/channels", json={"id": "mini", "prices": "online"})
    basket = {"basket": basket_of((RICE, 1000), channel="online")}

    assert app["token"] != mini["token"]
    for token in (app["token"], mini["token"]):
        assert ask_as(hq, token, "GET", "/v1/prices/changes").status_code == 200
        assert ask_as(hq, token, "POST", "/v1/quote", json=basket).json()["payable"] == 6900
        assert ask_as(hq, token, "GET", "/v1/channels").json()["code"] == "admin_token"
    for nobody in ("", "wrong", app["token"] + "x"):
        assert ask_as(hq, nobody, "GET", "/v1/prices/changes").status_code == 401
        assert ask_as(hq, nobody, "POST", "/v1/quote", json=basket).status_code == 401

    renewed = hq.administrator("POST", "/v1/channels", json={"id": "app"})
    hq.administrator("DELETE", "/v1/channels/mini")

    for gone in (app["token"], mini["token"]):
        assert ask_as(hq, gone, "GET", "/v1/prices/changes").status_code == 401
    assert ask_as(hq, renewed["token"], "GET", "/v1/prices/changes").status_code == 200
    assert [row["id"] for row in hq.administrator("GET", "/v1/channels")["rows"]] == ["app"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "App"}, "id"),
        ({"id": "a" * 41}, "id"),
        ({"id": "app", "url": "ftp://x"}, "url"),
        ({"id": "app", "url": "http://"}, "url"),
        ({"id": "app", "url": "http://[::1"}, "url"),
        ({"id": "app", "prices": "moon"}, ""),
        ({"id": "app", "urll": "http://x"}, ""),
        (7, ""),
    ],
)
def test_a_channel_that_cannot_be_is_refused(hq: RealHq, body: object, field: str) -> None:
    answer = ask_as(hq, hq.settings.admin_token, "POST", "/v1/channels", json=body)

    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert ask_as(hq, hq.settings.admin_token, "DELETE", "/v1/channels/app").status_code == 404


@dataclass(slots=True)
class Delivery:
    """What a target was told."""

    headers: Any
    body: bytes

    @property
    def ids(self) -> dict[str, int | None]:
        return ids(json.loads(self.body))


@dataclass(slots=True)
class Target:
    """A channel's own server. It answers as it is told to, one way after the other; in the end 200."""

    ways: list[str] = field(default_factory=list)
    told: Queue[Delivery] = field(default_factory=Queue)
    let_go: Event = field(default_factory=Event)
    address: str = ""

    @contextmanager
    def serving(self) -> Iterator["Target"]:
        target = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                target.told.put(Delivery(self.headers, body))
                way = target.ways.pop(0) if target.ways else "200"
                if way == "hangs":
                    target.let_go.wait(60)
                if way == "breaks":
                    self.connection.close()
                    return
                try:
                    self.send_response(200 if way in {"hangs", "trickles"} else int(way))
                    self.send_header("Location", "http://127.0.0.1:1/")
                    self.end_headers()
                except OSError:
                    return

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the library's own name
                del format, args

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            Thread(target=server.serve_forever, daemon=True).start()
            self.address = f"http://127.0.0.1:{server.server_port}/prices"
            try:
                yield self
            finally:
                self.let_go.set()
                server.shutdown()

    def hears(self) -> Delivery:
        return self.told.get(timeout=30)


@pytest.fixture
def hurried(hq: RealHq) -> RealHq:
    """Give a headquarters that is impatient with its targets."""
    hq.stop()
    hq.settings = replace(hq.settings, webhook_pace=WebhookPace(answer_s=0.5, first_rest_s=0.05, most_rest_s=0.2))
    hq.start()
    return hq


def register(hq: RealHq, target: Target, own: str = "app", **more: object) -> Doc:
    keys: Doc = hq.administrator("POST", "/v1/channels", json={"id": own, "url": target.address, **more})
    return keys


def wait_until_told(hq: RealHq, own: str = "app") -> Doc:
    """Wait until a channel was told everything."""
    rest = Event()
    while True:
        said = hq.administrator("GET", "/v1/channels")
        (row,) = [row for row in said["rows"] if row["id"] == own]
        if row["delivered"] == said["newest"]:
            return dict(row)
        rest.wait(0.05)


@pytest.mark.loopback
def test_a_webhook_is_told_at_once_of_what_stands_and_of_every_change_signed(hurried: RealHq) -> None:
    with Target().serving() as target:
        keys = register(hurried, target)
        first = target.hears()
        import_json(hurried, {"prices": [cut(6000, **{"from": FROM})]})
        second = target.hears()

        assert set(first.ids) == {"B-RICE5", "B-OIL5", "B-LOOSE"}
        assert second.ids == {"CUT": 6000}
        assert json.loads(second.body)["changes"][0]["row"]["from"] == FROM
        for delivery in (first, second):
            timestamp = delivery.headers[TIMESTAMP_HEADER]
            assert delivery.headers[SIGNATURE_HEADER] == signature(keys["secret"], timestamp, delivery.body)
            assert delivery.headers[DELIVERY_HEADER] == f"app-{json.loads(delivery.body)['after']}"
        assert wait_until_told(hurried)["failures"] == 0
    assert signature("other", "1", b"{}") != signature("secret", "1", b"{}") != signature("secret", "2", b"{}")


@pytest.mark.loopback
def test_a_channel_may_be_told_of_what_comes_alone(hurried: RealHq) -> None:
    with Target().serving() as target:
        register(hurried, target, from_now=True)
        import_json(hurried, {"prices": [cut(6000)]})

        assert target.hears().ids == {"CUT": 6000}


@pytest.mark.loopback
@pytest.mark.parametrize("way", ["500", "404", "302", "hangs", "breaks"])
def test_a_target_that_fails_hears_it_again_until_it_takes_it(hurried: RealHq, way: str) -> None:
    with Target([way, way]).serving() as target:
        register(hurried, target)
        deliveries = [target.hears() for _ in range(3)]
        row = wait_until_told(hurried)

        assert {delivery.body for delivery in deliveries} == {deliveries[0].body}
        assert len({delivery.headers[DELIVERY_HEADER] for delivery in deliveries}) == 1
        assert (row["failures"], row["last_error"]) == (0, "")


@pytest.mark.loopback
def test_a_target_that_hangs_keeps_neither_imports_nor_other_targets_waiting(hq: RealHq) -> None:
    patient = Target(["hangs"] * 9)
    with patient.serving() as stuck, Target().serving() as quick:
        register(hq, stuck, "stuck")
        register(hq, quick, "quick", from_now=True)
        stuck.hears()
        import_json(hq, {"prices": [cut(6000)]})

        assert quick.hears().ids == {"CUT": 6000}
        assert wait_until_told(hq, "quick")["failures"] == 0
        (row,) = [row for row in hq.administrator("GET", "/v1/channels")["rows"] if row["id"] == "stuck"]
        assert row["delivered"] == 0
        hq.stop()
        hq.start()


@pytest.mark.loopback
def test_what_a_target_missed_it_hears_in_one_piece_when_it_is_back(hurried: RealHq) -> None:
    with Target().serving() as target:
        address = target.address
    register(hurried, Target(address=address))
    while not hurried.administrator("GET", "/v1/channels")["rows"][0]["failures"]:
        pass
    assert hurried.administrator("GET", "/v1/channels")["rows"][0]["last_error"].startswith("Connect")
    for amount in (6000, 6100):
        import_json(hurried, {"prices": [cut(amount)]})
    with Target().serving() as back:
        execute(hurried, "UPDATE channel SET url = ?", back.address)

        assert back.hears().ids == {"B-RICE5": 6900, "B-OIL5": 8990, "B-LOOSE": 598, "CUT": 6100}
        wait_until_told(hurried)


@pytest.mark.loopback
def test_a_channel_that_was_given_new_keys_is_told_with_them(hurried: RealHq) -> None:
    with Target(["500"]).serving() as first, Target().serving() as second:
        register(hurried, first)
        first.hears()
        keys = register(hurried, second)
        delivery = second.hears()

        timestamp = delivery.headers[TIMESTAMP_HEADER]
        assert delivery.headers[SIGNATURE_HEADER] == signature(keys["secret"], timestamp, delivery.body)


def test_targets_rest_longer_each_time_and_never_for_good() -> None:
    pace = WebhookPace(first_rest_s=2, most_rest_s=3600)

    assert [pace.rest_s(failures) for failures in (1, 2, 3, 11, 12, 10_000)] == [2, 4, 8, 2048, 3600, 3600]
