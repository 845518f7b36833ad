"""What people send in: whole or not at all, every mistake named, twice is as good as once."""

import json
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from sync.protocol.topics import OPERATOR, PRODUCT
from tests.architecture.tree import ROOT
from tests.integration.hq.sending import ask, import_csv, import_json, mistakes
from tests.integration.hq.till import OIL, RICE, Till, execute, goods, small_chain
from tests.support.real_hq import RealHq


def prices(hq: RealHq) -> dict[str, Any]:
    rows = execute(hq, "SELECT id, document FROM price WHERE NOT deleted")
    return {name: json.loads(document) for name, document in rows}


def test_the_demo_chain_fills_an_empty_headquarters_and_again_changes_nothing(tmp_path: Path) -> None:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    try:
        chain = (ROOT / "resources/demo/chain.json").read_bytes()
        first, second = (ask(hq, "/v1/import?name=chain.json", chain).json() for _ in range(2))
    finally:
        hq.stop()

    assert first["rows"] == second["rows"]
    assert first["rows"]["products"] > 250
    assert first["published"] > sum(first["rows"].values()) / 2
    assert first["warnings"] == []
    assert second["published"] == 0


def test_an_import_after_sales_does_not_bring_the_opening_stock_back(hq: RealHq, till: Till) -> None:
    till.sell(goods(RICE, 3))
    till.push()

    assert import_json(hq, small_chain()).json()["published"] == 0
    stock = hq.administrator("GET", "/v1/reports/stock?place=S001")["rows"]
    assert next(row for row in stock if row["sku"] == RICE)["on_hand"] == 97_000


def test_prices_from_a_spreadsheet(hq: RealHq) -> None:
    answer = import_csv(
        hq,
        "id,sku,kind,scope,channel,amount_yuan,from,to,tiers,lot,delete\n"
        f"C1,{RICE},campaign,zone:east,store,62.90,2026-06-18T00:00:00+08:00,2026-06-20T00:00:00+08:00,,,\n"
        f"M1,{RICE},member,,,61,,,gold; platinum,,\n"
        f"L1,{OIL},lot,store:S001,,45.5,,,,L-2026,0\n"
        f'B-{OIL},"",,,,,,,,,x\n',
    )

    assert answer.json() == {"rows": {"prices": 4}, "published": 4, "warnings": []}
    stands = prices(hq)
    assert stands["C1"] == {
        "id": "C1",
        "sku": RICE,
        "kind": "campaign",
        "amount": 6290,
        "scope": "zone:east",
        "channel": "store",
        "from": "2026-06-18T00:00:00+08:00",
        "to": "2026-06-20T00:00:00+08:00",
    }
    assert (stands["M1"]["amount"], stands["M1"]["tiers"]) == (6100, ["gold", "platinum"])
    assert (stands["L1"]["amount"], stands["L1"]["lot"]) == (4550, "L-2026")
    assert f"B-{OIL}" not in stands


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_prices_in_the_encodings_of_spreadsheets(hq: RealHq, encoding: str) -> None:
    answer = import_csv(hq, f"id,sku,kind,amount,tiers\r\n会员1,{RICE},member,6100,金卡\r\n", encoding)

    assert answer.status_code == 200
    assert prices(hq)["会员1"]["tiers"] == ["金卡"]


def test_every_mistake_of_a_price_file_is_named_and_nothing_is_imported(hq: RealHq) -> None:
    before = prices(hq)
    answer = import_csv(
        hq,
        "id,sku,kind,scope,amount_yuan,from,to,tiers,lot,delete\n"
        f"A1,{RICE},base,chain,12.50,,,,,\n"
        f"A2,GHOST,base,chain,12.505,,,,,\n"
        f"A3,{RICE},base,zone:moon,-1,,,,,\n"
        f"A4,{RICE},campaign,,5,2026-06-18,2026-06-01T00:00:00+08:00,,,\n"
        f"A5,{RICE},campaign,,5,2026-06-18T00:00:00+08:00,2026-06-01T00:00:00+08:00,,,\n"
        f"A1,{RICE},base,,5,,,gold,L1,\n"
        f"A7,{RICE},cheap,,5,,,,,\n"
        f"A8,{RICE},base,,5,,,,\n"
        f"A9,{RICE},base,,5,,,,,maybe\n"
        "A10,,,,,,,,,1\n"
        f",{RICE},base,,5,,,,,\n"
        f"A12,{RICE},lot,,5,,,,,\n"
        f"A13,{RICE},,,,,,,,\n",
    )

    named = mistakes(answer)
    assert set(named) == {
        *[(3, "sku"), (3, "amount_yuan"), (4, "amount_yuan"), (4, "scope"), (5, "from"), (6, "to")],
        *[(7, "id"), (7, "lot"), (7, "tiers"), (8, "kind"), (9, ""), (10, "delete"), (11, "id"), (12, "id")],
        *[(13, "lot"), (14, "kind"), (14, "amount")],
    }
    assert [row for row, _ in named] == sorted(row for row, _ in named)
    assert all(
        mistake["file"] == "prices.csv" and mistake["reason"] for mistake in answer.json()["details"]["mistakes"]
    )
    assert prices(hq) == before


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", [(1, "id")]),
        ("sku,price\nR,1\n", [(1, "id"), (1, "price")]),
        ("id,id,sku\nA,A,R\n", [(1, "id")]),
        ('id,sku\n"A,R\n', [(2, "")]),
        ("id;sku;kind\nA;R;base\n", [(1, "id"), (1, "id;sku;kind")]),
    ],
)
def test_a_header_that_is_none(hq: RealHq, text: str, named: list[tuple[int, str]]) -> None:
    assert sorted(mistakes(import_csv(hq, text))) == named


def test_a_column_with_a_slip_in_its_name_is_recognised(hq: RealHq) -> None:
    answer = import_csv(hq, "id,sku,kind,amount_yaun\n")

    assert "did you mean amount_yuan?" in answer.text


def test_a_file_that_is_no_text(hq: RealHq) -> None:
    answer = ask(hq, "/v1/prices/import?name=p.csv", b"\x89PNG\r\n\x1a\n\xff\xff\x00", "text/csv")

    assert (0, "") in mistakes(answer)


def test_both_ways_to_write_an_amount_are_one_too_many(hq: RealHq) -> None:
    assert mistakes(import_csv(hq, f"id,sku,kind,amount,amount_yuan\nA,{RICE},base,1250,12.50\n")) == [(2, "amount")]


@pytest.mark.parametrize("amount", ["12.50", "-5", "1e3", "9" * 20, "٣"])
def test_an_amount_of_fen_is_whole(hq: RealHq, amount: str) -> None:
    assert mistakes(import_csv(hq, f"id,sku,kind,amount\nA,{RICE},base,{amount}\n")) == [(2, "amount")]


def test_a_thousand_mistakes_are_counted_and_the_first_ones_shown(hq: RealHq) -> None:
    rows = "".join(f"A{number},GHOST,base,5\n" for number in range(1000))

    details = import_csv(hq, "id,sku,kind,amount\n" + rows).json()["details"]

    assert (details["count"], len(details["mistakes"])) == (1000, 200)


CHAIN_MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("places", {"id": "S 1", "name": "x"}, "id"),
    ("places", {"id": "W001", "name": "x", "kind": "store"}, "kind"),
    ("places", {"id": "S003", "name": "x", "zone": "a,b"}, "zone"),
    ("products", {"sku": "", "name": "x"}, "sku"),
    ("products", {"sku": "X"}, "name"),
    ("products", {"sku": "X", "name": "x", "barcodes": [{"code": "6999999000112"}]}, "barcodes"),
    ("products", {"sku": "X", "name": "x", "plu": "10011"}, "barcodes"),
    ("products", {"sku": "X", "name": "x", "units": [{"name": "箱", "quantity": 0}]}, "units[0].quantity"),
    ("prices", {"id": "X", "sku": RICE, "kind": "base", "amount": 1.5}, "amount"),
    ("prices", {"id": "X", "sku": RICE, "kind": "base", "amount": 10**13}, "amount"),
    ("operators", {"id": "1", "name": "x", "role": "boss", "stores": ["S001"], "pin": "1234"}, "role"),
    ("operators", {"id": "1", "name": "x", "role": "cashier", "stores": ["S009"], "pin": "1234"}, "stores"),
    ("operators", {"id": "1", "name": "x", "role": "cashier", "stores": ["S001"], "pin": "12"}, "pin"),
    ("members", {"id": "M9", "home_store": "S009"}, "home_store"),
    ("members", {"id": "M9"}, "home_store"),
    ("stock", {"place": "S001", "sku": "GHOST", "quantity": 1}, "sku"),
    ("stock", {"place": "X001", "sku": RICE, "quantity": 1}, "place"),
    ("stock", {"place": "S001", "sku": RICE, "quantity": 7}, "quantity"),
]


@pytest.mark.parametrize(("section", "row", "column"), CHAIN_MISTAKES)
def test_a_mistake_in_any_section_is_named_and_nothing_is_imported(
    hq: RealHq, till: Till, section: str, row: dict[str, Any], column: str
) -> None:
    before, _ = till.all_changes("")
    good: dict[str, list[dict[str, Any]]] = {
        "products": [{"sku": "GOOD", "name": "good"}],
        "prices": [{"id": "G", "sku": RICE, "kind": "base", "amount": 1}],
    }

    answer = import_json(hq, {**good, section: [*good.get(section, []), row]})

    number = len(good.get(section, [])) + 1
    assert mistakes(answer) == [(number, column)]
    assert answer.json()["details"]["mistakes"][0]["file"] == f"chain.json: {section}"
    assert till.all_changes(before)[1] == []
    assert "1234" not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"shops": []}', b"7", b"\xff", b'{"places": {}}'])
def test_a_document_that_is_none(hq: RealHq, body: bytes) -> None:
    answer = ask(hq, "/v1/import", body)

    assert [row for row, _ in mistakes(answer)] == [0]


def test_rows_that_speak_of_unreadable_ones_are_not_blamed(hq: RealHq) -> None:
    document = {"products": [{"sku": "NEW"}], "prices": [{"id": "X", "sku": "NEW", "kind": "base", "amount": 1}]}

    assert mistakes(import_json(hq, document)) == [(1, "name")]


def test_rows_may_speak_of_what_comes_with_them(hq: RealHq) -> None:
    answer = import_json(
        hq,
        {
            "places": [{"id": "S003", "name": "新店", "zone": "north"}],
            "products": [{"sku": "NEW", "name": "小米"}],
            "prices": [{"id": "N1", "sku": "NEW", "kind": "base", "amount_yuan": "5.80", "scope": "zone:north"}],
            "stock": [{"place": "S003", "sku": "NEW", "quantity": 5000}],
        },
    )

    assert answer.status_code == 200, answer.text
    assert prices(hq)["N1"]["amount"] == 580


def test_a_barcode_may_move_when_its_product_lets_go_of_it(hq: RealHq) -> None:
    moved = [
        {"sku": RICE, "name": "五常大米 5kg"},
        {"sku": "RICE5B", "name": "五常大米 5kg 新", "barcodes": [{"code": "6999999000112"}]},
    ]

    assert import_json(hq, {"products": moved}).status_code == 200
    assert execute(hq, "SELECT sku FROM barcode WHERE lookup_key LIKE '%699999900011_'") == [("RICE5B",)]


def test_initials_are_made_here_unless_they_are_given(hq: RealHq, till: Till) -> None:
    given = {"sku": "YA", "name": "薏仁", "initials": "yiren"}
    import_json(hq, {"products": [{"sku": "CL", "name": "长粒香大米 10kg"}, given]})

    _, changes = till.all_changes("")

    made = {change.key: change.body["initials"] for change in changes if change.topic == PRODUCT and change.body}
    assert (made["CL"], made["YA"], made[RICE]) == ("clxdm10kg", "yiren", "wcdm5kg")


def test_pins_go_down_as_hashes_and_stay_the_same_until_they_change(hq: RealHq, till: Till) -> None:
    def pin_hash() -> str:
        _, changes = till.all_changes("")
        return str(next(change.body["pin_hash"] for change in changes if change.topic == OPERATOR and change.body))

    first = pin_hash()
    operator = small_chain()["operators"][0]
    import_json(hq, {"operators": [operator | {"name": "林晓雯（店长）"}]})
    second = pin_hash()
    import_json(hq, {"operators": [operator | {"pin": "9876"}]})

    assert PasswordHasher().verify(first, "1234")
    assert first == second != pin_hash()
    assert PasswordHasher().verify(pin_hash(), "9876")


def test_opening_stock_of_new_goods_goes_down_to_the_store(hq: RealHq, till: Till) -> None:
    before, _ = till.all_changes("")
    import_json(
        hq, {"products": [{"sku": "NEW", "name": "小米"}], "stock": [{"place": "S001", "sku": "NEW", "quantity": 5000}]}
    )

    _, changes = till.all_changes(before)

    assert {(change.topic, change.key) for change in changes} == {("product", "NEW"), ("stock", "NEW")}
