"""What headquarters says of itself adds up."""

from collections.abc import Callable

from sync.hq.reports.queries import TOTALS
from tests.integration.hq.till import DAY, OIL, RICE, Till, execute, goods
from tests.support.real_hq import RealHq


def test_sales_by_store_and_day(hq: RealHq, till: Till, new_till: Callable[[str], Till]) -> None:
    other = new_till("S002")
    for _ in range(3):
        till.sell(goods(RICE))
    other.sell(goods(OIL, 2))
    next_day = other.sell(goods(OIL), business_date="2026-06-19", receipt=f"{other.device}-20260619-0001")
    assert next_day.body["business_date"] == "2026-06-19"
    till.push()
    other.push()

    report = hq.administrator("GET", "/v1/reports/sales")
    one_store = hq.administrator("GET", f"/v1/reports/sales?store=S002&first={DAY}&last={DAY}")

    assert [(row["store"], row["business_date"], row["sales"], row["payable"]) for row in report["rows"]] == [
        ("S001", DAY, 3, 3 * 6900),
        ("S002", DAY, 1, 2 * 8990),
        ("S002", "2026-06-19", 1, 8990),
    ]
    paid, none = 3 * 6900 + 3 * 8990, dict.fromkeys(("returns", "refunded", "voids", "voided"), 0)
    assert report["total"] == {"sales": 5, "gross": paid, "payable": paid, "net": paid, **none}
    assert [(row["store"], row["sales"]) for row in one_store["rows"]] == [("S002", 1)]


def test_sales_one_by_one_in_portions_are_all_there_once(hq: RealHq, till: Till) -> None:
    for _ in range(10):
        till.sell()
    till.push()

    found: list[str] = []
    after = ""
    for _ in range(10):
        part = hq.administrator("GET", "/v1/reports/sales", params={"group": "sale", "limit": 4, "after": after})
        found += [row["id"] for row in part["rows"]]
        after = part["next"]
        if not after:
            break

    assert sorted(found) == sorted(str(fact.body["sale"]) for fact in till.facts)
    assert len(found) == 10


def test_a_headquarters_without_sales(hq: RealHq) -> None:
    assert hq.administrator("GET", "/v1/reports/sales") == {
        "rows": [],
        "total": dict.fromkeys(TOTALS, 0),
    }
    assert hq.administrator("GET", "/v1/reports/chains") == {"rows": [], "broken": 0}


def test_stock_that_is_not_what_its_ledger_says_is_found_out(hq: RealHq, till: Till) -> None:
    till.sell(goods(RICE, 3))
    till.push()
    sound = hq.administrator("GET", "/v1/reports/stock?place=S001")
    execute(hq, "UPDATE stock_balance SET on_hand = on_hand + 1 WHERE place = 'S001' AND sku = ?", OIL)
    execute(hq, "DELETE FROM stock_balance WHERE place = 'S002' AND sku = ?", OIL)

    report = hq.administrator("GET", "/v1/reports/stock")

    assert sound["differs"] == 0
    rice = next(row for row in sound["rows"] if row["sku"] == RICE)
    assert (rice["opening"], rice["moved"], rice["on_hand"]) == (100_000, -3000, 97_000)
    assert report["differs"] == 2
    assert {(row["place"], row["sku"]) for row in report["rows"] if not row["ok"]} == {("S001", OIL), ("S002", OIL)}


def test_the_list_of_registers(hq: RealHq, till: Till) -> None:
    till.note(3)
    till.push()

    (row,) = hq.administrator("GET", "/v1/devices")["rows"]

    assert (row["device"], row["store"], row["state"], row["epoch"], row["seq"]) == ("S001-R1", "S001", "active", 1, 3)
    assert row["pushed"] >= row["enrolled"]
