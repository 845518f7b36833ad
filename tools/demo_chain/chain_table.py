"""The shape of `chain.toml`: what of the chain is not a long list."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from tools.demo_chain.tables import Problems

Text = Annotated[str, msgspec.Meta(min_length=1)]
Digits = Annotated[str, msgspec.Meta(pattern="^[0-9]{7,10}$")]
ZonedTime = Annotated[datetime, msgspec.Meta(tz=True)]


class ChainHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The chain itself."""

    id: Text
    name: Text
    name_en: Text
    currency: Text


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A zone, a category or a tier: an id with a name in both languages."""

    name_zh: Text
    name_en: Text


class Brand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A brand, and the invented company prefix of its codes."""

    name_zh: Text
    name_en: Text
    company_prefix: Digits


class Campaign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a campaign's prices hold: ``starts <= at < ends``."""

    name_zh: Text
    name_en: Text
    starts: ZonedTime = msgspec.field(name="from")
    ends: ZonedTime = msgspec.field(name="to")


class OpeningStock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a product a place opens with, by the product's pace."""

    stray_percent: Annotated[int, msgspec.Meta(ge=0, le=50)]
    pace: dict[str, Annotated[int, msgspec.Meta(ge=1)]]


class ChainTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `chain.toml`."""

    chain: ChainHead
    zones: dict[str, Named]
    brands: dict[str, Brand]
    categories: dict[str, Named]
    tiers: dict[str, Named]
    campaigns: dict[str, Campaign]
    opening_stock: OpeningStock


def read_chain_table(path: Path, problems: Problems) -> ChainTable:
    """Read and check `chain.toml`; nothing can be said of the other tables without it, so a mistake ends here."""
    try:
        table = msgspec.toml.decode(path.read_bytes(), type=ChainTable)
    except FileNotFoundError:
        problems.note(str(path), "is missing")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problems.note(str(path), str(error))
    else:
        _check(table, path, problems)
        return table
    problems.raise_any()
    raise AssertionError("a mistake was noted")


def _check(table: ChainTable, path: Path, problems: Problems) -> None:
    for category in table.categories:
        parent = category.rpartition("/")[0]
        if parent and parent not in table.categories:
            problems.note(f"{path}: categories", f"{category!r} lies in {parent!r}, which is not listed")
    for name, campaign in table.campaigns.items():
        if campaign.starts >= campaign.ends:
            problems.note(f"{path}: campaigns.{name}", "`to` must come after `from`")
    prefixes = [brand.company_prefix for brand in table.brands.values()]
    for name, brand in table.brands.items():
        if sum(other.startswith(brand.company_prefix) for other in prefixes) > 1:
            problems.note(f"{path}: brands.{name}", "another brand's company_prefix begins with this one")
