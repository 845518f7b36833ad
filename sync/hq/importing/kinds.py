"""Which kind of things a file has, told from its columns alone."""

from collections.abc import Mapping
from typing import Final

from sync.hq.coupons.importing import COLUMNS as COUPONS
from sync.hq.importing.csv_file import Columns, header_of
from sync.hq.prices.csv_file import COLUMNS as PRICES
from sync.hq.promotions.csv_file import COLUMNS as PROMOTIONS

KINDS: Final[Mapping[str, Columns]] = {"prices": PRICES, "promotions": PROMOTIONS, "coupons": COUPONS}


def kind_of_csv(body: bytes) -> str:
    """Tell whose columns a file has most of; prices when that says nothing."""
    header = header_of(body)
    return max(KINDS, key=lambda kind: len(header & KINDS[kind].cells.keys()))
