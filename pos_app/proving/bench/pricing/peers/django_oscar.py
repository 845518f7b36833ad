"""django-oscar's offers, equivalent to a scene's promotions: `python django_oscar.py SCENE` (driven by `peer`).

Runs in an environment that has django-oscar and nothing of ours. An offer for each promotion in effect that oscar has
a benefit for, and a basket of 30 lines in its database; priced is it as its middleware does it, by the applicator.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path
from time import perf_counter_ns, process_time_ns
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from oscar import defaults, get_version
from oscar.core.loading import get_class, get_model

APPS = (
    *(f"django.contrib.{each}" for each in ("auth", "contenttypes", "sessions", "sites", "messages", "flatpages")),
    "oscar.config.Shop",
    *(
        f"oscar.apps.{each}.apps.{each.capitalize()}Config"
        for each in (
            *("address", "analytics", "basket", "catalogue", "checkout", "communication", "customer", "offer"),
            *("order", "partner", "payment", "search", "shipping", "voucher", "wishlists"),
        )
    ),
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.dashboard.apps.DashboardConfig",
    *(
        f"oscar.apps.dashboard.{each}.apps.{each.capitalize()}DashboardConfig"
        for each in (
            *("catalogue", "communications", "offers", "orders", "pages", "partners", "ranges", "reports", "reviews"),
            *("shipping", "users", "vouchers"),
        )
    ),
    *("treebeard", "django_tables2"),
)


class NoMigrations:
    """Tables are made as the models are now: the way there would take minutes."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


class Shop:
    """The scene in oscar's database."""

    def __init__(self, scene: dict[str, Any]) -> None:
        """Put goods, offers and baskets in."""
        self._applicator = get_class("offer.applicator", "Applicator")()
        kind = get_model("catalogue", "ProductClass").objects.create(name="goods", track_stock=False)
        partner = get_model("partner", "Partner").objects.create(name="bench")
        self._products = {}
        for sku, fen in scene["goods"].items():
            product = get_model("catalogue", "Product").objects.create(title=sku, upc=sku, product_class=kind)
            get_model("partner", "StockRecord").objects.create(
                product=product, partner=partner, partner_sku=sku, price=yuan(fen)
            )
            self._products[sku] = product
        self.offers = sum(self._offer(each, scene["goods"]) for each in scene["promotions"])
        strategy = get_class("partner.strategy", "Selector")().strategy()
        self._baskets = []
        for lines in scene["baskets"]:
            basket = get_model("basket", "Basket").objects.create()
            basket.strategy = strategy
            for line in lines:
                basket.add_product(self._products[line["sku"]], line["quantity"] // 1000)
            self._baskets.append(basket)

    def price(self, index: int) -> tuple[int, int, int]:
        """Price a basket; give nanoseconds of the clock and of the processor, and fen saved."""
        basket = self._baskets[index % len(self._baskets)]
        begun, used = perf_counter_ns(), process_time_ns()
        basket.reset_offer_applications()
        self._applicator.apply(basket)
        return perf_counter_ns() - begun, process_time_ns() - used, int(basket.total_discount * 100)

    def _offer(self, rule: dict[str, Any], goods: dict[str, int]) -> bool:
        """Make an offer of a promotion; tell whether oscar has such."""
        means = _means(rule, goods)
        if means is None:
            return False
        (asks, how_many), (gives, value, most), takes = means
        own = self._range(rule["id"], _skus(rule))
        condition = get_model("offer", "Condition").objects.create(range=own, type=asks, value=how_many)
        benefit = get_model("offer", "Benefit").objects.create(
            range=own if takes is None else self._range(f"{rule['id']} get", takes),
            type=gives,
            value=value,
            max_affected_items=most,
        )
        get_model("offer", "ConditionalOffer").objects.create(
            name=rule["id"], condition=condition, benefit=benefit, priority=rule["priority"], exclusive=False
        )
        return True

    def _range(self, name: str, skus: list[str]) -> Any:  # noqa: ANN401 — oscar's own
        found = get_model("offer", "Range").objects.create(name=name, includes_all_products=not skus)
        for sku in skus:
            if sku in self._products:
                found.add_product(self._products[sku])
        return found


Means = tuple[tuple[str, Any], tuple[str, Any, int | None], list[str] | None]
"""What a condition asks, what a benefit gives, and the goods it takes where those are others."""


def _means(rule: dict[str, Any], goods: dict[str, int]) -> Means | None:
    make = _MEANS.get(rule["kind"])
    return None if make is None else make(rule, goods)


def _percent(rule: dict[str, Any], _: dict[str, int]) -> Means:
    return ("Count", 1), ("Percentage", rule["percent"], None), None


def _amount(rule: dict[str, Any], _: dict[str, int]) -> Means:
    return ("Count", 1), ("Fixed", yuan(rule["amount"]), None), None


def _price(rule: dict[str, Any], goods: dict[str, int]) -> Means:
    off = min(goods[sku] for sku in _skus(rule)) - rule["price"]
    return ("Count", 1), ("Fixed", yuan(off), None), None


def _nth(rule: dict[str, Any], _: dict[str, int]) -> Means:
    if rule["percent"] == 100:
        return ("Count", rule["size"]), ("Multibuy", None, None), None
    return ("Count", rule["size"]), ("Percentage", rule["percent"], 1), None


def _multibuy(rule: dict[str, Any], _: dict[str, int]) -> Means:
    return ("Count", rule["size"]), ("Fixed price", yuan(rule["price"]), None), None


def _bundle(rule: dict[str, Any], _: dict[str, int]) -> Means:
    return ("Count", len(rule["slots"])), ("Percentage", rule["percent"], len(rule["slots"])), None


def _tiers(rule: dict[str, Any], _: dict[str, int]) -> Means:
    first = rule["tiers"][0]
    return ("Count", first["count"]), ("Percentage", first["percent"], None), None


def _addon(rule: dict[str, Any], goods: dict[str, int]) -> Means:
    takes = rule["get"]["of"]["skus"]
    off = max(1, min(goods[sku] for sku in takes) - rule["get"]["price"])
    return ("Count", 1), ("Absolute", yuan(off), 1), takes


def _spend(rule: dict[str, Any], _: dict[str, int]) -> Means:
    first = rule["tiers"][0]
    return ("Value", yuan(first["spend"])), ("Absolute", yuan(first["off"]), None), None


_MEANS = {
    "percent": _percent,
    "amount": _amount,
    "price": _price,
    "nth": _nth,
    "multibuy": _multibuy,
    "bundle": _bundle,
    "tiers": _tiers,
    "addon": _addon,
    "spend": _spend,
}
"""Points are not oscar's."""


def _skus(rule: dict[str, Any]) -> list[str]:
    if "of" in rule:
        return list(rule["of"].get("skus", ()))
    return [sku for slot in rule.get("slots") or rule["buy"] for sku in slot["of"]["skus"]]


def main() -> None:
    """Set up, say so, then price the basket that each line names."""
    settings.configure(
        SECRET_KEY="bench",  # noqa: S106 — it guards nothing
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=APPS,
        MIGRATION_MODULES=NoMigrations(),
        SITE_ID=1,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        **{name: value for name, value in vars(defaults).items() if name.isupper()},
    )
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    shop = Shop(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print(f"{shop.offers} offers, django-oscar {get_version()}", flush=True)
    for line in sys.stdin:
        print(*shop.price(int(line)), flush=True)


if __name__ == "__main__":
    main()
