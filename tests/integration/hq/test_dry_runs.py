"""Dry runs: what a promotion would have done to the baskets that were really sold, to the fen; nothing is changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.hq.embedded import EmbeddedHq
from sync.hq.main import main
from tests.integration.hq.selling import basket_of, ring
from tests.integration.hq.sending import ask, import_json, mistakes
from tests.integration.hq.till import LOOSE, OIL, RICE, Till, execute, until_copies_went
from tests.support.real_hq import RealHq

Doc = dict[str, Any]
DAY = "days=1&until=2026-06-18"

HALF: Doc = {"id": "HALF", "kind": "nth", "of": {"skus": [RICE]}, "size": 2, "discounted": 1, "percent": 50}
CUT: Doc = {"id": "CUT", "kind": "percent", "of": {"skus": [RICE]}, "percent": 40}
POINTS: Doc = {"earn_per": 100}


def answer_of(hq: RealHq, promotions: object, query: str = DAY) -> list[Doc]:
    answer = ask(hq, f"/v1/promotions/dry-run?{query}", json.dumps(promotions).encode())
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def dry_run(hq: RealHq, promotions: object, query: str = DAY) -> Doc:
    result: Doc = answer_of(hq, promotions, query)[-1]["result"]
    return result


@pytest.fixture
def sold(hq: RealHq, till: Till, new_till: Callable[[str], Till]) -> RealHq:
    """Sell in two stores: rice and oil, under a second bag at half price."""
    import_json(hq, {"promotions": [HALF], "points": POINTS})
    other = new_till("S002")
    member = {"id": "M1"}
    ring(hq, till, basket_of((RICE, 2000)))
    ring(hq, till, basket_of((RICE, 1000), (OIL, 1000)))
    ring(hq, till, basket_of((OIL, 2000)))
    ring(hq, other, basket_of((RICE, 2000), (LOOSE, 500), store="S002", member=member), member)
    for one in (till, other):
        assert one.push().exceptions == []
    return hq


def test_what_a_new_promotion_would_have_cost_and_which_ones_it_beats(sold: RealHq) -> None:
    result = dry_run(sold, [CUT])

    bags, half, cut = 6900, 3450, 2760
    assert result["total"] == {
        "baskets": 4,
        "touched": 3,
        "paid": 4 * bags - 2 * half + bags + 3 * 8990 + 299,
        "would_pay": 5 * (bags - cut) + 3 * 8990 + 299,
        "cost": 5 * cut - 2 * half,
        "points": -((2 * bags - half + 299) // 100) + (2 * (bags - cut) + 299) // 100,
    }
    assert result["promotions"] == [{"id": "CUT", "baskets": 3, "applications": 5, "saving": 5 * cut}]
    assert result["beaten"] == [{"id": "HALF", "baskets": 2, "less_saving": 2 * half, "cost": 2 * (2 * cut - half)}]
    assert [(each["store"], each["baskets"], each["touched"], each["cost"]) for each in result["stores"]] == [
        ("S001", 3, 2, 3 * cut - half),
        ("S002", 1, 1, 2 * cut - half),
    ]
    assert (result["left_out"], result["more"], result["warnings"]) == ({}, False, [])


def test_nothing_is_changed_by_it(sold: RealHq, till: Till) -> None:
    until_copies_went(sold)
    before, _ = till.all_changes("")

    dry_run(sold, [CUT])

    assert till.all_changes(before)[1] == []


def test_dates_are_left_out_and_hours_are_not(sold: RealHq) -> None:
    next_year = {"active": {"from": "2027-06-01T00:00:00+08:00", "to": "2027-06-21T00:00:00+08:00"}}
    at_night = {"active": {"daily_from": "20:00", "daily_to": "02:00"}}

    touched = [dry_run(sold, [CUT | when])["total"]["touched"] for when in (next_year, at_night)]

    assert touched == [3, 0]


def test_a_promotion_that_is_there_already_is_tried_in_its_place_or_taken_away(sold: RealHq) -> None:
    stronger = dry_run(sold, [HALF | {"percent": 100}])
    gone = dry_run(sold, [{"id": "HALF", "delete": True}])

    assert (stronger["total"]["cost"], stronger["beaten"]) == (2 * 3450, [])
    assert (gone["total"]["cost"], gone["promotions"]) == (-2 * 3450, [])
    assert gone["beaten"] == [{"id": "HALF", "baskets": 2, "less_saving": 2 * 3450, "cost": -2 * 3450}]


def test_each_sale_is_priced_by_the_rules_of_its_own_time(sold: RealHq) -> None:
    before = dry_run(sold, [CUT])
    import_json(
        sold,
        {
            "prices": [{"id": f"B-{RICE}", "sku": RICE, "kind": "base", "amount": 100}],
            "promotions": [{"id": "HALF", "delete": True}],
        },
    )

    assert dry_run(sold, [CUT]) == before


def test_a_limit_per_member_counts_through_the_run(hq: RealHq, till: Till) -> None:
    member = {"id": "M1"}
    for _ in range(3):
        ring(hq, till, basket_of((RICE, 1000), member=member), member)
    ring(hq, till, basket_of((RICE, 1000)))
    till.push()

    (used,) = dry_run(hq, [CUT | {"limit_per_member": 2}])["promotions"]

    assert used == {"id": "CUT", "baskets": 2, "applications": 2, "saving": 2 * 2760}


def test_days_stores_and_a_limit_say_which_sales_are_looked_at(sold: RealHq) -> None:
    looked = {
        query: (dry_run(sold, [CUT], query)["total"]["baskets"], dry_run(sold, [CUT], query)["more"])
        for query in (
            "days=1&until=2026-06-17",
            "days=2&until=2026-06-19",
            f"{DAY}&store=S002",
            f"{DAY}&limit=3",
            f"{DAY}&limit=4",
            "days=1",
        )
    }

    assert list(looked.values()) == [(0, False), (4, False), (1, False), (3, True), (4, False), (0, False)]


def test_progress_is_told_on_the_way(hq: RealHq, till: Till) -> None:
    cursor, _ = till.all_changes("")
    for _ in range(250):
        till.sell(rulebook=cursor)
    till.push(till.facts[:200])
    till.push(till.facts[200:])

    said = answer_of(hq, [CUT])

    assert [one["progress"]["baskets"] for one in said[:-1]] == [200, 250]
    assert said[-1]["result"]["total"]["touched"] == 250


def test_sales_that_cannot_be_priced_are_counted_apart(sold: RealHq, till: Till) -> None:
    member = {"id": "M1", "points": 13800}
    rules = {"worth": {"points": 100, "amount": 100}, "max_percent": 100}
    import_json(sold, {"points": POINTS | rules})
    execute(sold, "INSERT OR REPLACE INTO right_balance VALUES ('M1', 'points', 13800)")
    ring(sold, till, basket_of((OIL, 1000), member={"id": "M1"}, redeem_points=8900), member)
    till.sell(rulebook="")
    till.push()

    oil = {"id": "OIL", "kind": "percent", "of": {"skus": [OIL]}, "percent": 50}

    result = dry_run(sold, [oil])

    assert result["left_out"] == {"points_max": 1, "sale_not_priceable": 1}
    assert result["total"]["baskets"] == 4


def test_mistakes_are_named_as_in_an_import_and_a_file_may_be_csv(sold: RealHq) -> None:
    wrong = ask(sold, f"/v1/promotions/dry-run?{DAY}", json.dumps([CUT | {"percent": 101}]).encode())
    csv = f"id,kind,skus,percent\nCUT,percent,{RICE},40\n".encode()
    flat = ask(sold, f"/v1/promotions/dry-run?{DAY}", csv, "text/csv")

    assert mistakes(wrong) == [(1, "percent")]
    assert json.loads(flat.text.splitlines()[-1])["result"] == dry_run(sold, [CUT])
    assert code_of(ask(sold, "/v1/promotions/dry-run", b'{"promotions": []}')) == "nothing_to_try"
    assert code_of(ask(sold, "/v1/promotions/dry-run?until=2026-99-99", json.dumps([CUT]).encode())) == "day_unknown"
    assert code_of(ask(sold, "/v1/promotions/dry-run?days=0", json.dumps([CUT]).encode())) == "request_malformed"


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


@pytest.mark.loopback
def test_a_dry_run_from_the_command_line(sold: RealHq, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sold.stop()
    (tmp_path / "cut.json").write_text(json.dumps([CUT | {"prioriti": 1}]))
    with EmbeddedHq(sold.settings) as hq:
        door = ["--hq", hq.address, "--data", str(hq.settings.folder)]
        status = main(["dry-run", str(tmp_path / "cut.json"), "--days", "1", "--until", "2026-06-18", *door])
        wrong = [
            main(["dry-run", str(tmp_path / name), "--days", days, *door])
            for name, days in (("none.json", "1"), ("cut.json", "0"))
        ]
    said = capsys.readouterr()

    assert (status, wrong) == (0, [2, 2])
    assert said.out.splitlines() == [
        "2026-06-18 to 2026-06-18: 4 baskets",
        "  in all: 3 of 4 touched, cost 69.00, points -21",
        "  S001: 2 of 3 touched, cost 48.30",
        "  S002: 1 of 1 touched, cost 20.70, points -21",
        "CUT: 3 baskets, 5 times, saving 138.00",
        "beats HALF: it saves 69.00 less in 2 baskets, which cost 41.40 more in all",
    ]
    assert "prioriti: is no field of this kind; did you mean priority?" in said.err
