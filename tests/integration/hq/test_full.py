"""A headquarters with as much under way as it takes: registers are sent away for a while, and lose nothing by it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import httpx
import pytest

from pos_app.domain.errors import LineDown
from tests.integration.hq.till import Till
from tests.support.real_hq import RealHq
from tests.support.store_register import StoreRegister

READ_NONE = {
    "post /v1/devices/{device}/revoke",
    "post /v1/prices/scan",
    "post /v1/leases/round",
    "post /v1/token-keys/turn",
    "delete /v1/channels/{channel}",
}
"""Doors that take no body, and so read none."""
TOO_MUCH = {"Content-Length": str(10**9)}


@contextmanager
def database_held(hq: RealHq) -> Iterator[None]:
    """Keep everybody from writing."""
    with closing(sqlite3.connect(hq.folder / "hq.db", isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        yield
        file.execute("ROLLBACK")


@pytest.fixture
def narrow(hq: RealHq) -> RealHq:
    """A headquarters that takes one batch at a time."""
    hq.stop()
    hq.settings = replace(hq.settings, most_batches=1)
    hq.start()
    return hq


def until_busy(hq: RealHq) -> None:
    assert hq.inside is not None
    gate = hq.inside.app.state.hq.batches
    ends_s = time.monotonic() + 30
    while not gate._inside:
        assert time.monotonic() < ends_s
        time.sleep(0.005)


def test_one_batch_too_many_is_sent_away_with_a_time_and_goes_later(narrow: RealHq) -> None:
    first, second = Till(narrow.enrol("S001"), narrow), Till(narrow.enrol("S001"), narrow)
    for till in (first, second):
        till.sell()
    with database_held(narrow):
        waiting = Thread(target=first.push)
        waiting.start()
        until_busy(narrow)

        answer = second.send([fact.canonical for fact in second.facts])

    waiting.join()
    assert (answer.status_code, answer.json()["code"]) == (429, "hq_full")
    assert 1 <= int(answer.headers["Retry-After"]) <= 120
    assert second.push().acked_seq == 1
    assert narrow.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 2


def test_a_register_that_is_sent_away_comes_when_it_was_told_to(narrow: RealHq, tmp_path: Path) -> None:
    till = Till(narrow.enrol("S001"), narrow)
    till.sell()
    register = StoreRegister(tmp_path / "till", narrow.enrol("S001"), narrow)
    register.sign_in(2)
    with database_held(narrow):
        waiting = Thread(target=till.push)
        waiting.start()
        until_busy(narrow)

        with pytest.raises(LineDown, match="hq_busy") as sent_away:
            register.engine.push_once()

    waiting.join()
    assert float(str(sent_away.value.details["retry_after_s"])) >= 1
    assert register.engine.status().waiting == 2
    register.push_all()
    assert register.engine.status().waiting == 0
    register.close()


def test_every_door_that_takes_a_body_has_a_limit(hq: RealHq) -> None:
    assert hq.inside is not None
    till = Till(hq.enrol("S001"), hq)
    with httpx.Client(base_url="http://hq.test", transport=hq.inside) as client:
        paths = client.get("/schema/openapi.json").json()["paths"]
    token = {"Authorization": f"Bearer {hq.settings.admin_token}"}
    unlimited: list[str] = []
    for path, methods in paths.items():
        for method in set(methods) & {"post", "put", "patch", "delete"}:
            named = path.replace("{device}", till.device)
            for name in ("epoch", "seq", "number", "sale", "channel"):
                named = named.replace(f"{{{name}}}", "1")
            headers = token if "register" not in methods[method]["tags"] else {}
            with httpx.Client(base_url="http://hq.test", transport=hq.inside) as client:
                answer = client.request(method, named, content=b"{}", headers=headers | TOO_MUCH)
            if answer.status_code not in {401, 404, 413}:
                unlimited.append(f"{method} {path}")

    assert set(unlimited) <= READ_NONE
