"""The whole chain, joined from its tables, and its one spelling as JSON."""

import json
from pathlib import Path
from typing import Any

from tools.demo_chain.chain_table import read_chain_table
from tools.demo_chain.goods import read_goods
from tools.demo_chain.people import read_members, read_operators
from tools.demo_chain.places import opening_stock, read_sites
from tools.demo_chain.prices import read_prices
from tools.demo_chain.rules import Shop, read_rules
from tools.demo_chain.tables import Problems

Chain = dict[str, Any]


def build(tables: Path) -> Chain:
    """Make the chain from a folder of tables; raise `BadTables` with every mistake in them."""
    problems = Problems()
    table = read_chain_table(tables / "chain.toml", problems)
    sites = read_sites(tables / "places.csv", table, problems)
    goods = read_goods(tables / "products.csv", table, problems)
    problems.raise_any()  # the other tables speak of these: going on would blame them
    stores = [site.place["id"] for site in sites if site.place["kind"] == "store"]
    chain: Chain = {
        "chain": {name: getattr(table.chain, name) for name in table.chain.__struct_fields__},
        "zones": _named(table.zones),
        "places": [site.place for site in sites],
        "brands": _named(table.brands),
        "categories": _named(table.categories),
        "tiers": _named(table.tiers),
        "products": [good.product for good in goods.values()],
        "prices": read_prices(tables / "prices.csv", table, goods, stores=stores, problems=problems),
        "operators": read_operators(tables / "operators.csv", stores, problems),
        "members": read_members(tables / "members.csv", table, stores, problems),
        "stock": opening_stock(sites, goods.values(), table.opening_stock),
    }
    scopes = {"chain", *(f"zone:{zone}" for zone in table.zones), *(f"store:{store}" for store in stores)}
    chain |= read_rules(tables / "promotions.toml", Shop(scopes, table.tiers, chain["members"]), problems)
    problems.raise_any()
    return chain


def _named(entries: dict[str, Any]) -> list[dict[str, str]]:
    return [{"id": name, "name_zh": entry.name_zh, "name_en": entry.name_en} for name, entry in entries.items()]


def render(chain: Chain) -> str:
    """Write the chain with one row a line, so that a change of a table shows as a change of its lines."""
    parts = [f"{json.dumps(name)}: {_rendered(part)}" for name, part in chain.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _rendered(part: object) -> str:
    if not isinstance(part, list):
        return json.dumps(part, ensure_ascii=False)
    return "[\n" + ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in part) + "\n]"
