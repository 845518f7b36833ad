"""The goods of the demo chain: believable packs, codes that scan, units that add up."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
from biip.gtin import Gtin

from pos_app.domain.codes import GoodsCode, OtherCode, decode, lookup_key
from sync.protocol.topics import ProductBody

Chain = dict[str, Any]

MILLI = {"kg": 1_000_000, "g": 1000, "L": 1_000_000, "ml": 1000}


def barcodes(chain: Chain) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return ((product, barcode) for product in chain["products"] for barcode in product["barcodes"])


def content(spec: str) -> int:
    """Read ``1.28L`` or ``500ml×2`` as thousandths of a gram or millilitre."""
    size, _, count = spec.partition("×")
    measure = next(name for name in ("kg", "ml", "g", "L") if size.endswith(name))
    whole, _, decimals = size.removesuffix(measure).partition(".")
    hundredths = int(whole) * 100 + int(decimals.ljust(2, "0"))
    return hundredths * MILLI[measure] // 100 * int(count or 1)


def test_the_chain_has_about_three_hundred_products_of_four_brands(chain: Chain) -> None:
    assert 280 <= len(chain["products"]) <= 330
    assert {product["brand"] for product in chain["products"]} == {brand["id"] for brand in chain["brands"]}


def test_every_product_fits_the_wire_document_without_a_field_left_over(chain: Chain) -> None:
    known = set(ProductBody.__struct_fields__)
    for product in chain["products"]:
        assert msgspec.convert(product, ProductBody).sku == product["sku"]
        assert set(product) <= known


def test_names_are_there_in_both_languages_and_tell_all_products_apart(chain: Chain) -> None:
    for field in ("name", "name_en"):
        names = Counter(product[field] for product in chain["products"])
        assert names.most_common(1)[0][1] == 1, f"{field}: {names.most_common(1)}"
    assert all(product["name_en"].isascii() or "×" in product["name_en"] for product in chain["products"])


def test_every_barcode_scans_as_goods_and_leads_to_one_product_only(chain: Chain) -> None:
    codes = [barcode["code"] for _, barcode in barcodes(chain)]
    assert all(isinstance(decode(code), GoodsCode) for code in codes)
    assert len({lookup_key(code) for code in codes}) == len(codes)


def test_every_pack_bears_an_ean_13_of_the_chinese_range_and_its_brands_invented_prefix(chain: Chain) -> None:
    packs = [product for product in chain["products"] if not product["weighed"]]
    for product in packs:
        first = product["barcodes"][0]
        assert len(first["code"]) == 13
        assert first["code"].startswith("6999999"), "GS1 China assigns nothing there"
        assert (first["unit"], first["quantity"]) == (product["unit"], 1000)
    assert len({(product["brand"], product["barcodes"][0]["code"][:8]) for product in packs}) == len(chain["brands"])


def test_a_cases_code_is_that_of_its_content_with_an_indicator_before_it(chain: Chain) -> None:
    cases = [(product, code) for product, code in barcodes(chain) if len(code["code"]) == 14]
    assert len(cases) > 200
    for product, case in cases:
        assert Gtin.parse(case["code"]).payload[1:] == product["barcodes"][0]["code"][:12]
        assert {"name": case["unit"], "quantity": case["quantity"]} in product["units"]


def test_salt_comes_by_the_bag_the_ten_and_the_case_of_fifty(chain: Chain) -> None:
    salt = next(product for product in chain["products"] if product["sku"] == "SALT-JD-400G")
    assert [(code["unit"], code["quantity"]) for code in salt["barcodes"]] == [
        ("袋", 1000),
        ("提", 10_000),
        ("箱", 50_000),
    ]


def test_former_packs_small_packs_and_imports_add_codes_of_other_lengths(chain: Chain) -> None:
    lengths = Counter(len(barcode["code"]) for _, barcode in barcodes(chain))
    assert set(lengths) == {8, 12, 13, 14}
    rice = next(product for product in chain["products"] if product["sku"] == "RICE-WC-5KG")
    assert [code["quantity"] for code in rice["barcodes"]] == [1000, 1000, 4000]


def test_loose_goods_are_weighed_in_kilograms_with_the_jin_beside_and_a_number_for_the_scale(chain: Chain) -> None:
    loose = [product for product in chain["products"] if product["weighed"]]
    assert len(loose) >= 20
    for product in loose:
        assert product["unit"] == "公斤"
        assert {"name": "斤", "quantity": 500} in product["units"]
        assert len(product["plu"]) == 5
        assert product["plu"].isdigit()
    assert len({product["plu"] for product in loose}) == len(loose)
    assert not any(product["plu"] for product in chain["products"] if not product["weighed"])


def test_a_sack_of_loose_rice_scans_as_its_twenty_five_kilograms(chain: Chain) -> None:
    rice = next(product for product in chain["products"] if product["sku"] == "LOOSE-DB")
    assert [(code["unit"], code["quantity"]) for code in rice["barcodes"]] == [("袋", 25_000)]


def test_every_category_has_its_parents_and_goods_in_it(chain: Chain) -> None:
    listed = {category["id"] for category in chain["categories"]}
    used = {category for product in chain["products"] for category in product["categories"]}
    assert used == listed
    for product in chain["products"]:
        *parents, leaf = product["categories"]
        assert all(leaf.startswith(f"{parent}/") for parent in parents)
        assert len(parents) == leaf.count("/")


def test_a_bigger_pack_is_cheaper_by_weight(chain: Chain) -> None:
    base = {row["sku"]: row["amount"] for row in chain["prices"] if row["id"].startswith("BASE-")}
    articles = defaultdict(list)
    for product in chain["products"]:
        if not product["weighed"]:
            title = product["name"].removesuffix(product["spec"])
            articles[title].append((content(product["spec"]), base[product["sku"]], product["name"]))
    for packs in articles.values():
        for (less, small_fen, _), (more, big_fen, name) in pairwise(sorted(packs)):
            assert big_fen * less < small_fen * more, name


def test_member_cards_are_taken_for_no_goods_and_tell_all_members_apart(chain: Chain) -> None:
    cards = [member["card"] for member in chain["members"]]
    assert all(isinstance(decode(card), OtherCode) for card in cards)
    assert len(set(cards)) == len(cards) >= 36
