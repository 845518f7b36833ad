"""The tables and examples of the pages in docs/, held against the code that must mean the same."""

import json
import re
from pathlib import Path

import pytest

from pos_app.domain.facts import read_fact
from pos_app.proving.quote_stream import quoted
from sync.hq.app import create_app
from sync.hq.importing.kinds import KINDS
from sync.hq.settings import Settings
from sync.protocol import topics, wire
from tests.architecture.tree import ROOT

SYNC = (ROOT / "docs/sync.md").read_text(encoding="utf-8")
HEADQUARTERS = (ROOT / "docs/headquarters.md").read_text(encoding="utf-8")
PRICING = (ROOT / "docs/pricing.md").read_text(encoding="utf-8")


def rows(page: str, heading: str) -> dict[str, list[str]]:
    """Read the table whose first column has this heading: first cell without ticks → the other cells."""
    _, _, rest = page.partition(f"\n| {heading} |")
    lines = rest.split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    return {first: others for first, *others in cells}


def test_the_fact_on_the_page_is_read_and_has_the_hash_on_the_page() -> None:
    example = next(block for block in SYNC.split("```") if '"signed_in"' in block).removeprefix("json").strip()
    promised = re.search(r"has the hash `(\w{64})`", SYNC)
    assert promised is not None

    fact = read_fact(example.encode())

    assert fact.hash.hex() == promised[1]


def test_the_page_lists_every_topic_and_no_other() -> None:
    known = {value for name, value in vars(topics).items() if name.isupper() and isinstance(value, str)}

    assert set(rows(SYNC, "topic")) == known


def test_the_page_lists_every_limit_with_its_figure() -> None:
    known = {
        name: str(value)
        for name, value in vars(wire).items()
        if name.startswith(("MAX_", "MIN_", "WIRE_VERSION")) and isinstance(value, int)
    }

    assert {name: cells[0] for name, cells in rows(SYNC, "limit").items()} == known


def test_every_kind_of_fact_that_the_counter_writes_is_named_on_the_page() -> None:
    named = set(re.findall(r"`(\w+)`", SYNC.split("Kinds:")[1].split("\n")[0]))
    services = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pos_app").rglob("*.py"))
    written = set(re.findall(r"Happening\(\s*(?:kind=)?\"(\w+)\"", services)) | set(
        re.findall(r"^\w*FACT_KIND\w* = \"(\w+)\"", services, re.MULTILINE)
    )

    assert "sale" in written
    assert written <= named


def test_the_page_lists_every_route_of_a_register_and_no_other(tmp_path: Path) -> None:
    schema = create_app(Settings.embedded(tmp_path)).openapi_schema.to_schema()
    served = {
        f"{method.upper()} {path}"
        for path, item in schema["paths"].items()
        for method, operation in item.items()
        if "register" in operation.get("tags", [])
    }

    assert set(rows(SYNC, "route")) == served


@pytest.mark.parametrize("page", [SYNC, PRICING], ids=["sync", "pricing"])
def test_every_json_document_on_a_page_is_json(page: str) -> None:
    documents = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    assert documents
    for document in documents:
        json.loads(document)


def test_the_basket_on_the_page_costs_what_its_price_row_says() -> None:
    example = next(block for block in PRICING.split("```") if '"rulebook"' in block).removeprefix("json")

    quote = quoted(example.encode())

    assert [(line["unit_price"], line["price_id"]) for line in quote["lines"]] == [(6900, "PR1")]
    assert quote["payable"] == 13800


def test_a_quote_has_the_parts_that_the_page_shows() -> None:
    shown = json.loads(next(block for block in PRICING.split("```") if '"payable"' in block).removeprefix("json"))
    example = next(block for block in PRICING.split("```") if '"rulebook"' in block).removeprefix("json")

    quote = quoted(example.encode())

    assert set(quote) == set(shown)
    assert set(quote["lines"][0]) == set(shown["lines"][0])


def test_a_table_with_another_figure_would_be_seen() -> None:
    assert rows("\n| limit | is |\n|---|---|\n| `MAX_WAIT_S` | 26 |\n", "limit") == {"MAX_WAIT_S": ["26"]}


def test_the_page_lists_every_column_of_the_files_that_headquarters_takes() -> None:
    files = rows(HEADQUARTERS, "file")

    assert {kind: set(re.findall(r"`(\w+)`", "`" + cells[0] + "`")) for kind, cells in files.items()} == {
        kind: set(columns.cells) for kind, columns in KINDS.items()
    }


def test_the_page_lists_every_import(tmp_path: Path) -> None:
    schema = create_app(Settings.embedded(tmp_path)).openapi_schema.to_schema()

    assert set(rows(HEADQUARTERS, "route")) == {f"POST {path}" for path in schema["paths"] if path.endswith("/import")}
