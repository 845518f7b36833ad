"""Labels of scales and GS1 codes at the till: how much of what, from which lot, and what stops."""

from dataclasses import replace

import pytest

from pos_app.bootstrap.elements import LateElements
from pos_app.domain.catalog import Barcode, Product
from pos_app.domain.codes import check_digit
from pos_app.domain.errors import Refusal
from pos_app.domain.ids import Sku
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import PriceRow
from pos_app.domain.quantity import Quantity
from pos_app.domain.sale import Place
from pos_app.domain.scale_labels import LabelLayout
from pos_app.services.basket_pricing import BasketView
from pos_app.services.selling import Selling
from pos_app.services.selling_parts import SellingParts
from tests.support.memory_replica import MemoryReplica
from tests.support.ports import CountedIds, HandClock, HandLine, MemoryJournal, Tray
from tests.support.tokens import HandTokens

RICE_CODE, CASE_CODE, HOUSE_CODE = "6901234567892", "16901234567899", "2110011007557"
RICE_KEY = f"0{RICE_CODE}"
BEANS, RICE = Sku("BEANS"), Sku("RICE5")


def label(digits: str) -> str:
    return f"{digits}{check_digit(digits)}"


@pytest.fixture
def replica() -> MemoryReplica:
    codes = (Barcode(RICE_CODE, "袋"), Barcode(CASE_CODE, "箱", Quantity(6000)))
    return MemoryReplica(
        products=[
            Product(RICE, "五常大米 5kg", unit="袋", plu="20001", barcodes=codes),
            Product(BEANS, "散装绿豆", unit="公斤", weighed=True, plu="10011"),
            Product(Sku("NEW"), "散装新品", unit="公斤", weighed=True, plu="10012"),
        ],
        prices=[
            PriceRow("B1", RICE, "base", Fen(6590)),
            PriceRow("L1", RICE, "lot", Fen(4990), lot="OLD"),
            PriceRow("B2", BEANS, "base", Fen(640)),
        ],
    )


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def selling(replica: MemoryReplica, clock: HandClock) -> Selling:
    tray = Tray()
    ports = MemoryJournal(), replica, clock, CountedIds(), tray, tray, HandLine(), HandTokens(), LateElements()
    return Selling(SellingParts(*ports), Place("S001", "east", 1), "东门店")


def lines(view: BasketView) -> list[tuple[str, int, int]]:
    return [
        (line.sku, line.quantity, quoted.net) for line, quoted in zip(view.basket.lines, view.quote.lines, strict=True)
    ]


def test_a_label_with_its_weight_is_that_much(selling: Selling) -> None:
    assert lines(selling.scan(label("211001100755"))) == [(BEANS, 755, 483)]


def test_two_bags_of_one_weight_are_two_lines(selling: Selling) -> None:
    selling.scan(label("211001100755"))
    assert lines(selling.scan(label("211001100755"))) == [(BEANS, 755, 483), (BEANS, 755, 483)]


def test_a_label_with_its_amount_is_charged_at_that(selling: Selling) -> None:
    assert lines(selling.scan(label("221001100483"))) == [(BEANS, 755, 483)]


def test_an_amount_is_never_exceeded_where_a_gram_costs_more_than_a_fen(
    selling: Selling, replica: MemoryReplica
) -> None:
    replica.prices[-1] = PriceRow("B2", BEANS, "base", Fen(12_600))
    a_gram = 13
    for amount in range(a_gram, 400, 7):
        charged = selling.scan(label(f"2210011{amount:05d}")).quote.lines[-1].net
        assert amount - a_gram < charged <= amount


def test_weight_and_amount_that_agree_are_taken(selling: Selling) -> None:
    assert lines(selling.scan(label("20100110048300755"))) == [(BEANS, 755, 483)]
    assert lines(selling.scan(label("20100110048200755")))[1:] == [(BEANS, 755, 483)]


def test_a_swapped_label_stops_and_nothing_is_rung(selling: Selling) -> None:
    with pytest.raises(Refusal) as refused:
        selling.scan(label("20100110120000755"))
    assert refused.value.code == "label_swapped"
    assert refused.value.details == {"name": "散装绿豆", "told": 1200, "payable": 483}
    assert not selling.view().basket.lines


@pytest.mark.parametrize(
    ("digits", "code"),
    [
        ("219999900755", "label_plu"),
        ("212000100755", "label_not_weighed"),
        ("211001200755", "label_no_price"),
        ("211001100000", "quantity_range"),
    ],
)
def test_a_label_that_cannot_be_honoured_says_why(selling: Selling, digits: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        selling.scan(label(digits))
    assert refused.value.code == code


def test_a_house_number_of_the_same_form_is_the_goods_it_was_given_to(selling: Selling, replica: MemoryReplica) -> None:
    house = label("211001100755")
    replica.products[0] = replace(replica.products[0], barcodes=(Barcode(house, "袋"),))
    assert lines(selling.scan(house)) == [(RICE, 1000, 6590)]


def test_the_chains_own_layout_replaces_the_usual_ones(selling: Selling, replica: MemoryReplica) -> None:
    replica.layouts = [LabelLayout("29#PPPPPWWWWC")]
    assert lines(selling.scan(label("290100110755"))) == [(BEANS, 755, 483)]
    with pytest.raises(Refusal) as refused:
        selling.scan(label("211001100755"))
    assert refused.value.code == "code_unknown"


def test_a_lot_that_is_scanned_takes_its_markdown_and_stays_apart(selling: Selling) -> None:
    selling.scan(RICE_CODE)
    view = selling.scan(f"]C101{RICE_KEY}10OLD\x1d17491231")
    assert lines(view) == [(RICE, 1000, 6590), (RICE, 1000, 4990)]
    assert [line.lot for line in view.basket.lines] == [None, "OLD"]
    assert lines(selling.scan(f"(01){RICE_KEY}(10)OLD"))[1:] == [(RICE, 2000, 9980)]


def test_an_expired_lot_is_not_sold(selling: Selling, clock: HandClock) -> None:
    today = clock.now().date()
    assert selling.scan(f"]C101{RICE_KEY}17{today:%y%m%d}").basket.lines
    with pytest.raises(Refusal) as refused:
        selling.scan(f"]C101{RICE_KEY}17{today.replace(year=today.year - 1):%y%m%d}\x1d10OLD")
    assert (refused.value.code, refused.value.details["lot"]) == ("goods_expired", "OLD")
    assert len(selling.view().basket.lines) == 1


def test_a_weight_in_an_element_string_counts_for_loose_goods_alone(selling: Selling, replica: MemoryReplica) -> None:
    beans = "06999999000112"
    replica.products[1] = replace(replica.products[1], barcodes=(Barcode(beans, "公斤"),))
    assert lines(selling.scan(f"]C101{beans}3103001250")) == [(BEANS, 1250, 800)]
    assert lines(selling.scan(f"]C101{RICE_KEY}3103005000"))[1:] == [(RICE, 1000, 6590)]
    with pytest.raises(Refusal) as refused:
        selling.scan(f"]C101{beans}3103000000")
    assert refused.value.code == "elements_weight"


def test_pieces_in_an_element_string_are_counted(selling: Selling) -> None:
    assert lines(selling.scan(f"]C102{RICE_KEY}3704")) == [(RICE, 4000, 26_360)]
    assert lines(selling.scan(f"]C101{CASE_CODE}17491231")) == [(RICE, 10_000, 65_900)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"]C101{RICE_KEY[:-1]}117491231", "code_misread"),
        (f"]C101{RICE_KEY}17491331", "elements_unreadable"),
        (f"]C1010690000000000{check_digit('0690000000000')}17491231", "code_unknown"),
    ],
)
def test_a_broken_or_strange_element_string_rings_nothing(selling: Selling, text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        selling.scan(text)
    assert refused.value.code == code
    assert not selling.view().basket.lines
