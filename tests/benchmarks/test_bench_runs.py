"""`granary bench` in a tiny form: it measures what it says and prints what a machine can read. No speed is asserted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pos_app.domain.codes import GoodsCode, decode
from pos_app.domain.pricing.documents import parsed, read
from pos_app.domain.pricing.price import price
from pos_app.proving.bench.goods import CHAIN_SCOPE, FEWEST, MOST, STORE_SCOPE, Goods
from pos_app.proving.bench.pricing.campaigns import IN_EFFECT, campaigns, defying, small_documents
from sync.protocol.replica_derived import rows_of

PRODUCTS = FEWEST
FEW = ("--members", "300", "--registers", "5", "--sales", "30")


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pos_app", "bench", "--folder", str(folder), "--products", str(PRODUCTS)]
    environment = {**os.environ, "COLUMNS": "120"}
    return subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_given_a_tiny_shop_when_everything_is_measured_then_each_figure_stands_beside_its_floor(tmp_path: Path) -> None:
    done = bench(tmp_path, "--runs", "2", "--json", "--display", "offscreen", "--alone", *FEW)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    figures = {figure["what"]: figure for figure in told["figures"]}
    assert {figure["measure"] for figure in figures.values()} == {
        "counter",
        "commit",
        "lookup",
        "members",
        "shift",
        "start",
        "memory",
        "pricing",
        "sync",
    }
    for what, figure in figures.items():
        assert 0 < figure["ours"]["median"] <= figure["ours"]["p99"] <= figure["ours"]["most"], what
        assert figure["floor"] is None or figure["floor"]["median"] > 0, what
    assert all(figures[what]["floor"] for what in figures if what.startswith(("scan", "look-up", "start")))
    assert told["machine"]["cores"] > 0
    assert "offscreen" in told["machine"]["display"]


def test_given_one_measure_when_asked_then_only_that_one_is_taken(tmp_path: Path) -> None:
    done = bench(tmp_path, "lookup", "--runs", "3")

    assert done.returncode == 0, done.stderr
    assert "look-up by code" in done.stdout
    assert "scan" not in done.stdout
    assert "disk sync" in done.stdout, "a figure without its machine says nothing"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cofee"], "there is no measure 'cofee'"),
        (["--products", "0"], "--products must be 500 to"),
        (["--runs", "-1"], "--runs must be 1 or more"),
        (["sync", "--members", "0"], "--members must be 1 or more"),
    ],
)
def test_given_nonsense_when_asked_then_it_says_what_there_is(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = bench(tmp_path / "never", *arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "never").exists()


def test_goods_differ_in_sku_code_and_name_and_their_codes_can_be_scanned() -> None:
    goods = Goods()
    some = [goods.good(at) for at in range(0, MOST, 41)]

    assert len({good.name for good in some}) == len({good.code for good in some}) == len(some)
    assert all(isinstance(decode(good.code), GoodsCode) for good in some)


@pytest.mark.parametrize("count", [1, 9, 10, 25, 60])
def test_goods_end_at_the_cursor_they_name_and_every_document_can_be_read(count: int) -> None:
    goods = Goods()
    revs = {CHAIN_SCOPE: 0, STORE_SCOPE: 0}

    for change in goods.documents(count):
        assert change.rev == revs[change.scope] + 1
        revs[change.scope] = change.rev
        rows_of(change.topic, change.scope, change.body or {})

    assert revs == goods.cursor(count)


@pytest.mark.parametrize("clock", [[], ["--processor"]], ids=["clock", "processor"])
def test_given_pricing_alone_when_measured_then_every_goal_of_its_own_is_told(tmp_path: Path, clock: list[str]) -> None:
    done = bench(tmp_path, "pricing", "--alone", "--runs", "2", "--json", *clock)

    assert done.returncode == 0, done.stderr
    figures = {figure["what"]: figure for figure in json.loads(done.stdout)["figures"]}
    beginnings = ("price", "the first", "one more", "ten times", "worst", "compile", "take in", "granary quote")
    assert all(any(what.startswith(each) for what in figures) for each in beginnings)
    assert all(figure["goals"] for what, figure in figures.items() if not what.startswith("the first"))
    assert all(figure["ours"]["median"] > 0 for figure in figures.values())


SYNC_GOALS = {
    "bootstrap: 500 products, 300 members": ["median ≤ 3000 ms"],
    "bootstrap: each document": ["50 times faster"],
    "500 changed documents: commit → register": ["median ≤ 1000 ms"],
    "500 changed documents: replicated": ["5 times faster"],
    "drain 30 sales of 8 lines": ["median ≤ 2000 ms"],
    "outbox: each small fact": ["median ≤ 50.0 µs"],
    "sale of 8 lines: commit while a snapshot comes": ["p99 ≤ 3.00 ms"],
    "sale of 8 lines: commit while 500 prices come": ["p99 ≤ 3.00 ms"],
    "ingest: each sale of 8 lines": ["median ≤ 500 µs"],
    "price change → 5 idle registers": [],
    "price change → the last of 5 idle registers": [],
    "resident: headquarters, 5 idle registers": [],
}


@pytest.mark.slow
def test_given_sync_alone_when_measured_then_every_goal_of_its_own_is_told(tmp_path: Path) -> None:
    done = bench(tmp_path, "sync", "--alone", "--runs", "1", "--json", *FEW)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["figures"]
    # what headquarters ran on stands behind: PostgreSQL, or SQLite where there is none
    figures = {what if (what := figure["what"]) in SYNC_GOALS else what.partition(", ")[0]: figure for figure in told}
    assert {what: [goal["goal"] for goal in each["goals"]] for what, each in figures.items()} == SYNC_GOALS
    assert figures["ingest: each sale of 8 lines"]["floor"]["median"] > 0, "beside it the same, not applied"
    assert all(figure["ours"]["median"] > 0 for figure in figures.values())
    assert all(goal["met"] is None for each in figures.values() for goal in each["goals"] if "faster" in goal["goal"])
    assert not (tmp_path / "sync" / "run").exists(), "a run leaves nothing but what the next one needs"


def test_given_others_that_cannot_be_had_when_measured_beside_them_then_it_says_why_and_measures_ours(
    tmp_path: Path,
) -> None:
    bare = {**os.environ, "PATH": str(tmp_path), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, "-m", "pos_app", "bench", "pricing", "--folder", str(tmp_path / "bench")]

    done = subprocess.run(
        [*command, "--products", str(PRODUCTS), "--runs", "2", "--json"],
        env={name: value for name, value in bare.items() if not name.startswith("PIP_FIND")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Medusa: there is no npm here; measured without it" in " ".join(done.stderr.split())
    without = [figure for figure in json.loads(done.stdout)["figures"] if "is not to be had" in figure["what"]]
    assert [figure["what"] for figure in without] == [
        "the same; django-oscar is not to be had",
        "the same; Medusa is not to be had",
    ]
    assert [goal["met"] for figure in without for goal in figure["goals"]] == [None, None]


def test_campaigns_put_every_good_of_the_pool_into_two_to_eight_promotions_in_effect() -> None:
    some = campaigns(2_000, 5_000)
    now = [each for each in some.rulebook["promotions"] if each.get("active") == IN_EFFECT["active"]]
    lists = [
        {
            sku
            for part in (each, *each.get("slots", ()), *each.get("buy", ()), each.get("get", {}))
            for sku in _skus(part)
        }
        for each in now
        if each["kind"] not in {"spend", "points"}
    ]
    counts = {good.sku: sum(good.sku in skus for skus in lists) for good in some.pool}

    assert len(now) == 200
    assert 2 <= min(counts.values()) <= max(counts.values()) <= 8


def _skus(part: dict[str, dict[str, list[str]]]) -> list[str]:
    return part.get("of", {}).get("skus", [])


def test_every_document_of_the_bench_can_be_priced() -> None:
    some = campaigns(200, FEWEST)
    documents = [{"basket": some.basket(20), "rulebook": some.rulebook}, defying(10, 8), *small_documents(20)]
    assert all(price(*read(parsed(json.dumps(each)))).gross for each in documents)
