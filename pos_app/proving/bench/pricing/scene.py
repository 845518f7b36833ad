"""A rulebook of the bench, read and worked out, and the baskets that are priced by it."""

import gc
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pos_app.domain.pricing.documents import parsed, read
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.price import price
from pos_app.proving.bench.goods import prices_of
from pos_app.proving.bench.pricing.campaigns import IN_EFFECT, Campaigns, Document, campaigns, pool_of

BASKETS = 400
"""Different ones; the same comes again after so many."""


@dataclass(frozen=True)
class Scene:
    """Campaigns, and baskets of so many lines."""

    campaigns: Campaigns
    lines: int

    @classmethod
    def of(cls, promotions: int, products: int, lines: int) -> "Scene":
        """Make it, over as many products as the promotions need at least."""
        return cls(campaigns(promotions, max(products, pool_of(promotions))), min(lines, pool_of(promotions)))

    @cached_property
    def documents(self) -> list[Document]:
        """The baskets as documents."""
        return [self.campaigns.basket(self.lines, turn) for turn in range(BASKETS)]

    @cached_property
    def rulebook(self) -> Rulebook:
        """Read and work it out, and leave it out of all rubbish collection from here on: it stays."""
        rulebook = self.read()
        price(self.baskets[0], rulebook)
        gc.collect()
        gc.freeze()
        return rulebook

    def read(self) -> Rulebook:
        """Read the rulebook from its document."""
        return read(parsed(json.dumps({"basket": self.documents[0], "rulebook": self.campaigns.rulebook})))[1]

    @cached_property
    def baskets(self) -> list[PricedBasket]:
        """The baskets as pricing takes them."""
        wanted = {line["sku"] for document in self.documents for line in document["lines"]}
        products = [each for each in self.campaigns.rulebook["products"] if each["sku"] in wanted]
        few = {"products": products}
        return [read(parsed(json.dumps({"basket": each, "rulebook": few})))[0] for each in self.documents]

    @property
    def in_effect(self) -> list[Document]:
        """The promotions in effect."""
        promotions = self.campaigns.rulebook["promotions"]
        return [each for each in promotions if each.get("active") == IN_EFFECT["active"]]

    def write(self, path: Path) -> Path:
        """Write it for others: goods with their base prices, the promotions in effect, the baskets' lines."""
        goods = {good.sku: prices_of(good)[0][2]["amount"] for good in self.campaigns.pool}
        lines = [document["lines"] for document in self.documents]
        path.write_text(
            json.dumps({"goods": goods, "promotions": self.in_effect, "baskets": lines}, ensure_ascii=False),
            encoding="utf-8",
        )
        return path
