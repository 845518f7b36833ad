"""Comparing a real replica with the real headquarters: what rotted is mended, what is well is left alone, and a price
that changes in the middle of it is no drift.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from pos_app.domain.codes import lookup_key
from pos_app.domain.errors import LineDown, LineTalksRubbish, Refusal
from sync.client import transport
from sync.client.health import NEEDS_A_HAND
from tests.integration.hq.till import OIL, RICE, small_chain
from tests.support.mishaps import Mishap, answered, goes_well
from tests.support.real_hq import RealHq
from tests.support.store_register import StoreRegister

RICE_CODE = "6999999000112"


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain())
    yield hq
    hq.stop()


@pytest.fixture
def register(tmp_path: Path, hq: RealHq) -> Iterator[StoreRegister]:
    register = StoreRegister(tmp_path / "till", hq.enrol("S001"), hq)
    register.engine.pull_once()
    yield register
    register.close()


def rot(register: StoreRegister, *statements: str) -> None:
    """Change the replica behind everybody's back."""
    (path,) = (
        register.folder.glob("replica-*.db")
        if len(list(register.folder.glob("replica-*.db"))) == 1
        else [max(register.folder.glob("replica-*.db"))]
    )
    with closing(sqlite3.connect(path)) as file, file:
        for statement in statements:
            file.execute(statement)


def drift(hq: RealHq) -> list[tuple[str, str, int, int]]:
    rows = hq.administrator("GET", "/v1/reports/drift")["rows"]
    return sorted((row["scope"], row["topic"], row["buckets"], row["documents"]) for row in rows)


def price(register: StoreRegister, sku: str) -> int | None:
    rows = register.reader.rulebook().prices.get(sku, ())  # type: ignore[call-overload]  # a plain SKU
    register.reader.rest()
    return rows[0].amount if rows else None


def set_price(hq: RealHq, fen: int) -> None:
    row = {"id": f"B-{RICE}", "sku": RICE, "kind": "base", "amount": fen}
    hq.administrator("POST", "/v1/import", json={"prices": [row]})


def test_a_replica_that_is_well_is_left_alone_and_nothing_is_fetched(register: StoreRegister, hq: RealHq) -> None:
    asked: list[str] = []

    def noted(beyond: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return beyond.handle_request(request)

    register.mishaps.expect(*[noted] * 9)
    compared = register.engine.compare()

    assert (compared.mended, compared.topics) == (0, frozenset())
    assert asked == ["/v1/changes", "/v1/digests"]
    assert drift(hq) == []
    assert register.engine.status().compared_at == compared.time


def test_what_was_changed_lost_or_added_is_mended_and_reported(register: StoreRegister, hq: RealHq) -> None:
    rot(
        register,
        "UPDATE document SET body = 'rust' WHERE topic = 'stock'",
        f"UPDATE document SET body = replace(body, '6900', '1') WHERE topic = 'price' AND key = 'B-{RICE}'",
        "UPDATE price SET amount = 1 WHERE amount = 6900",
        f"DELETE FROM document WHERE topic = 'product' AND key = '{OIL}'",
        "INSERT INTO document SELECT topic, 'M9', scope, rev, replace(body, 'M1', 'M9') FROM document WHERE key = 'M1'",
    )
    assert price(register, RICE) == 1

    compared = register.engine.compare()

    assert compared.mended == 6
    assert compared.topics == {"price", "product", "member", "stock"}
    assert price(register, RICE) == 6900
    assert register.reader.document("product", OIL) is not None
    assert register.reader.document("member", "M9") is None
    assert drift(hq) == [
        ("chain", "price", 1, 1),
        ("chain", "product", 1, 1),
        ("store:S001", "member", 1, 1),
        ("store:S001", "stock", 3, 3),
    ]
    status = register.engine.status()
    assert (status.mended, status.trouble) == (6, None)
    assert register.engine.compare().mended == 0


def test_readers_see_what_was_mended(register: StoreRegister) -> None:
    rot(register, "DELETE FROM document WHERE topic = 'product'", "DELETE FROM barcode")
    assert register.reader.by_code(lookup_key(RICE_CODE)) is None

    register.engine.compare()

    assert register.reader.by_code(lookup_key(RICE_CODE)) is not None
    assert register.told[-1].topics == {"product"}


def published_before(hq: RealHq, fen: int) -> Mishap:
    """Let headquarters publish something just before it answers."""

    def publish(beyond: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        set_price(hq, fen)
        return beyond.handle_request(request)

    return publish


def test_what_is_published_in_the_middle_is_no_drift(register: StoreRegister, hq: RealHq) -> None:
    register.mishaps.expect(goes_well, published_before(hq, 5))

    assert register.engine.compare().mended == 0

    assert drift(hq) == []
    register.engine.pull_once()
    assert price(register, RICE) == 5


def test_what_is_published_while_a_bucket_is_fetched_comes_by_itself(register: StoreRegister, hq: RealHq) -> None:
    rot(register, "UPDATE document SET body = '{}' WHERE topic = 'price'")
    register.mishaps.expect(goes_well, goes_well, published_before(hq, 5))

    register.engine.compare()
    register.engine.pull_once()

    assert price(register, RICE) == 5
    assert register.engine.compare().mended == 0


def test_a_register_far_behind_pulls_first(register: StoreRegister, hq: RealHq) -> None:
    for fen in range(1, 6):
        set_price(hq, fen)

    assert register.engine.compare().mended == 0
    assert price(register, RICE) == 5


def test_a_headquarters_that_publishes_without_end_is_compared_with_later(
    register: StoreRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = answered(409, b'{"code": "cursor_moved"}', Content_Type="application/json")
    register.mishaps.expect(*[goes_well, moved] * 5)

    with pytest.raises(LineTalksRubbish, match="compare_overtaken"):
        register.engine.compare()

    assert register.engine.compare().mended == 0


def test_a_line_that_breaks_while_it_compares_mends_the_rest_another_time(register: StoreRegister, hq: RealHq) -> None:
    rot(register, "UPDATE document SET body = '{}' WHERE topic IN ('price', 'product')")
    register.mishaps.expect(goes_well, goes_well, goes_well, answered(503))

    with pytest.raises(LineDown):
        register.engine.compare()
    register.engine.compare()

    assert price(register, RICE) == 6900
    assert register.engine.compare().mended == 0


def test_a_headquarters_put_back_meanwhile_is_another_one(register: StoreRegister, hq: RealHq, tmp_path: Path) -> None:
    hq.back_up(tmp_path / "backup.db")
    set_price(hq, 5)
    register.engine.pull_once()
    hq.restore(tmp_path / "backup.db", "another-life")

    register.engine.compare()

    assert register.sink.standing().incarnation == "another-life"
    assert price(register, RICE) == 6900


def test_a_comparison_is_due_a_day_after_the_last(register: StoreRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not register.engine.comparison_due()  # the whole replica has just come

    register.engine._compared.keep("2020-01-01T00:00:00+00:00")
    assert register.engine.comparison_due()

    register.engine.compare()
    assert not register.engine.comparison_due()


def test_a_register_too_old_for_headquarters_goes_on_selling_and_says_so(
    register: StoreRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    too_old = answered(426, b'{"code": "wire_too_old"}', Content_Type="application/json")
    register.sign_in(1)
    register.mishaps.expect(too_old, too_old)

    for step in (register.engine.push_once, register.engine.pull_once):
        with pytest.raises(Refusal, match="wire_too_old"):
            step()

    assert register.engine.status().trouble == "wire_too_old"
    assert "wire_too_old" in NEEDS_A_HAND
    assert price(register, RICE) == 6900
    register.sign_in(1)
    register.push_all()
    assert register.engine.status().waiting == 0


def test_a_headquarters_too_old_for_the_register_is_told_apart(
    register: StoreRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MIN_WIRE_VERSION", 2)

    with pytest.raises(Refusal, match="hq_too_old"):
        register.engine.pull_once()

    assert register.engine.status().trouble == "hq_too_old"
