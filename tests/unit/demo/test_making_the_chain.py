"""Making `chain.json`: the same bytes everywhere, and a clear word for each mistake in a table."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.demo_chain.__main__ import main
from tools.demo_chain.chain import build, render

ROOT = Path(__file__).resolve().parents[3]


def spoil(tables: Path, name: str, *, old: str, new: str) -> None:
    """Make one slip in a table, and see that it was made."""
    text = (tables / name).read_text(encoding="utf-8")
    assert old in text
    (tables / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_checked_in_chain_is_byte_for_byte_what_the_tables_make(demo: Path) -> None:
    assert (demo / "chain.json").read_bytes() == render(build(demo)).encode()


def test_another_process_with_another_hash_seed_makes_the_same_bytes(tmp_path: Path, demo: Path) -> None:
    out = tmp_path / "chain.json"
    command = [sys.executable, "-m", "tools.demo_chain", "--out", str(out)]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "7"}, capture_output=True)
    assert out.read_bytes() == (demo / "chain.json").read_bytes()


def test_a_changed_price_changes_its_own_line_and_no_other(tables: Path) -> None:
    before = (tables / "chain.json").read_text(encoding="utf-8").splitlines()
    spoil(tables, "products.csv", old=",65.90,", new=",66.80,")
    assert main(["--tables", str(tables)]) == 0
    after = (tables / "chain.json").read_text(encoding="utf-8").splitlines()
    changed = [line for line, old in zip(after, before, strict=True) if line != old]
    assert [json.loads(line.rstrip(","))["amount"] for line in changed] == [6680]


def test_a_new_product_in_the_middle_leaves_every_other_code_as_it_was(tables: Path) -> None:
    row = "RICE-NEW-5KG,新米,New Crop Rice,B1,grain/rice,,5kg,袋,箱=4,0990,,,45.90,A\n"
    spoil(tables, "products.csv", old="RICE-CLX-2.5KG,", new=f"{row}RICE-CLX-2.5KG,")
    before = json.loads((tables / "chain.json").read_text(encoding="utf-8"))["products"]
    after = build(tables)["products"]
    assert [product for product in after if product["sku"] != "RICE-NEW-5KG"] == before


def test_a_table_saved_by_a_spreadsheet_with_its_mark_at_the_front_reads_the_same(tables: Path) -> None:
    rows = (tables / "products.csv").read_text(encoding="utf-8").replace("\n", "\r\n")
    (tables / "products.csv").write_bytes(b"\xef\xbb\xbf" + rows.encode())
    assert render(build(tables)).encode() == (tables / "chain.json").read_bytes()


def test_check_writes_nothing_and_tells_a_chain_that_is_out_of_date(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--tables", str(tables), "--check"]) == 0
    before = (tables / "chain.json").read_bytes()
    spoil(tables, "members.csv", old="陈静宜", new="陈静怡")
    assert main(["--tables", str(tables), "--check"]) == 1
    assert "run python -m tools.demo_chain" in capsys.readouterr().err
    assert (tables / "chain.json").read_bytes() == before


SLIPS = {
    "amount with a comma": ("products.csv", ",65.90,", ',"65,90",', "products.csv:3: price: '65,90' is not an amount"),
    "amount without fen": ("products.csv", ",65.90,", ",66,", "products.csv:3: price: '66' is not an amount"),
    "unknown category": ("products.csv", "grain/rice", "grain/rcie", "products.csv:2: category: 'grain/rcie' is not"),
    "unknown brand": ("products.csv", ",B1,", ",B9,", "products.csv:2: brand: 'B9' is not one of B1, B2, B3, B4"),
    "item twice": ("products.csv", ",0012,", ",0011,", "stands at"),
    "item too long": ("products.csv", ",0012,", ",00012,", "products.csv:3: item: '00012' is not 4 digits"),
    "wrong check digit": ("products.csv", "6999999090014", "6999999090015", "right is '6999999090014'"),
    "case of nothing": ("products.csv", "箱=8", "箱=", "products.csv:2: cases: '箱=' is not a unit and how many"),
    "sku twice": ("products.csv", "RICE-WC-5KG", "RICE-WC-10KG", "products.csv:4: sku: 'RICE-WC-10KG' stands at"),
    "cell too many": ("products.csv", ",65.90,", ",65.90,,", "products.csv:3: has 15 cells, the header has 14"),
    "column lost": ("products.csv", "pace\n", "speed\n", "products.csv:1: needs the column 'pace' once"),
    "quote left open": ("products.csv", ",65.90,", ',"65.90,', "products.csv: is not a CSV table"),
    "scale number on a pack": ("products.csv", "6999999090014,,", "6999999090014,12345,", "is for loose goods"),
    "loose without number": ("products.csv", ",10011,", ",,", "plu: '' is not five digits"),
    "sack without size": ("products.csv", "公斤,袋=25", "公斤,", "need the sack that bears the code"),
    "price of nothing sold": ("prices.csv", "RICE-WC-2.5KG", "RICE-XX", "'RICE-XX' is not in products.csv"),
    "unknown scope": ("prices.csv", "zone:west", "zone:north", "prices.csv:2: scope: 'zone:north' is not one of chain"),
    "dear campaign": ("prices.csv", ",18.80,", ",28.80,", "price: 28.80 is not below the base price 19.90"),
    "campaign unnamed": ("prices.csv", ",EVERYDAY,", ",,", "campaign: '' is not one of EVERYDAY"),
    "unknown tier": ("prices.csv", "gold;platinum", "gold;diamond", "tiers: 'diamond' is not one of gold, platinum"),
    "tier on a base price": ("prices.csv", "all,,\n", "all,,gold\n", "tiers: is for the kind 'member'"),
    "short PIN": ("operators.csv", ",1234", ",123", "operators.csv:2: pin: '123' is not a PIN of four to six digits"),
    "unknown store": ("operators.csv", ",S001,", ",S007,", "operators.csv:2: stores: 'S007' is not one of S001"),
    "warehouse as a shop": ("members.csv", ",S003,", ",W001,", "members.csv:2: home_store: 'W001' is not one of"),
    "real number": ("members.csv", "13800001137", "13912345678", "members.csv:2: phone: '13912345678' is not an inv"),
    "degrees": ("places.csv", "30.319400", "30°19′", "places.csv:2: latitude: '30°19′' is not degrees like"),
    "naive time": ("chain.toml", "2026-09-20T08:00:00+08:00", "2026-09-20T08:00:00", "chain.toml: "),
    "campaign backwards": ("chain.toml", "to = 2026-10-08", "to = 2026-08-08", "HARVEST: `to` must come after `from`"),
    "orphan category": ("chain.toml", '"oil" = {', '"oils" = {', "'oil/peanut' lies in 'oil', which is not listed"),
    "prefix shared": ("chain.toml", '"69999991"', '"69999990"', "another brand's company_prefix begins with this"),
    "unknown kind": ("promotions.toml", 'kind = "nth"', 'kind = "half"', "NOODLE-HALF: kind: must be one of price"),
    "percent of a text": (
        "promotions.toml",
        "= 1\npercent = 50",
        '= 1\npercent = "50"',
        "NOODLE-HALF: percent: must be a number",
    ),
    "promotion twice": ("promotions.toml", '"OIL-ANY-3"', '"NOODLE-HALF"', "promotions NOODLE-HALF: id: is there alr"),
    "unknown zone": ("promotions.toml", '"zone:west"', '"zone:north"', "WEST-BIG-RICE: scope: 'zone:north' is not one"),
    "no such template": (
        "promotions.toml",
        'template = "CASH-5"',
        'template = "CASH"',
        "N26: template: 'CASH' is none",
    ),
    "batch for nobody": (
        "promotions.toml",
        'tiers = ["silver"]',
        'tiers = ["tin"]',
        "SALT26: tiers: 'tin' is not one of",
    ),
    "points of nothing": (
        "promotions.toml",
        "earn_per = 100",
        "earn_per = 0",
        "points: earn_per: must be a whole numb",
    ),
    "broken TOML": ("chain.toml", "[chain]", "[chain", "chain.toml: "),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_a_table_is_named_with_its_place_and_nothing_is_written(
    slip: str, tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, old, new, said = SLIPS[slip]
    before = (tables / "chain.json").read_bytes()
    spoil(tables, name, old=old, new=new)
    assert main(["--tables", str(tables)]) == 2
    errors = capsys.readouterr().err
    assert said in errors
    assert (tables / "chain.json").read_bytes() == before


def test_several_slips_are_told_together(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(tables, "products.csv", old=",65.90,", new=",free,")
    spoil(tables, "places.csv", old=",east,", new=",north,")
    assert main(["--tables", str(tables)]) == 2
    errors = capsys.readouterr().err
    assert "price: 'free'" in errors
    assert "zone: 'north'" in errors
    assert "2 to put right" in errors


@pytest.mark.parametrize(
    "name",
    ["chain.toml", "places.csv", "products.csv", "prices.csv", "operators.csv", "members.csv", "promotions.toml"],
)
def test_a_missing_or_mangled_table_is_named(name: str, tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tables / name).write_bytes("产品".encode("gb18030"))
    assert main(["--tables", str(tables)]) == 2
    assert str(tables / name) in capsys.readouterr().err
    (tables / name).unlink()
    assert main(["--tables", str(tables)]) == 2
    assert f"{tables / name}: is missing" in capsys.readouterr().err
