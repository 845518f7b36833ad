"""Selling, from the first scan to the completed sale."""

from dataclasses import dataclass, field

import pytest

from pos_app.bootstrap.elements import LateElements
from pos_app.domain.catalog import Barcode, Product
from pos_app.domain.errors import DiskFull, Refusal
from pos_app.domain.ids import MemberId, OperatorId, Sku
from pos_app.domain.ledger import stock_key
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import PriceRow
from pos_app.domain.quantity import Quantity
from pos_app.domain.sale import Place
from pos_app.services.receipts import Receipts
from pos_app.services.selling import Selling
from pos_app.services.selling_parts import SellingParts
from tests.support.memory_replica import MemoryReplica
from tests.support.ports import CountedIds, HandClock, HandLine, MemoryJournal, Tray
from tests.support.tokens import HandTokens

RICE_CODE, CASE_CODE, UNPRICED_CODE = "6901234567892", "16901234567899", "96385074"
CASHIER = OperatorId("1001")


def _replica() -> MemoryReplica:
    codes = (Barcode(RICE_CODE, "袋"), Barcode(CASE_CODE, "箱", Quantity(6000)))
    return MemoryReplica(
        products=[
            Product(Sku("RICE5"), "五常大米 5kg", unit="袋", barcodes=codes),
            Product(Sku("NEW"), "新品", barcodes=(Barcode(UNPRICED_CODE, "袋"),)),
        ],
        prices=[
            PriceRow("B1", Sku("RICE5"), "base", Fen(6590)),
            PriceRow("M1", Sku("RICE5"), "member", Fen(6290)),
        ],
        members=[Member(MemberId("M1"), "王芳", "gold", "13800008000")],
    )


@dataclass(slots=True)
class Till:
    """A till of fakes."""

    journal: MemoryJournal = field(default_factory=MemoryJournal)
    replica: MemoryReplica = field(default_factory=_replica)
    tray: Tray = field(default_factory=Tray)
    clock: HandClock = field(default_factory=HandClock)

    def open(self) -> Selling:
        parts = SellingParts(
            self.journal,
            self.replica,
            self.clock,
            CountedIds(),
            self.tray,
            self.tray,
            HandLine(),
            HandTokens(),
            LateElements(),
        )
        return Selling(parts, Place("S001", "east", 1), "东门店")


def test_a_scan_is_in_the_journal_before_it_is_answered() -> None:
    till = Till()
    view = till.open().scan(RICE_CODE)
    assert (view.quote.payable, view.line) == (6590, 1)
    assert till.journal.open_basket() == view.basket


def test_a_case_code_takes_the_pieces_in_it() -> None:
    view = Till().open().scan(CASE_CODE, times=2)
    assert view.basket.lines[0].quantity == 12_000
    assert view.quote.payable == 12 * 6590


@pytest.mark.parametrize(
    ("code", "refusal"),
    [("6901234567890", "code_misread"), ("nothing", "code_unknown"), (UNPRICED_CODE, "no_price")],
)
def test_a_code_that_cannot_be_sold_is_refused_and_leaves_the_basket(code: str, refusal: str) -> None:
    till = Till()
    selling = till.open()
    before = selling.scan(RICE_CODE).basket
    with pytest.raises(Refusal, match=refusal):
        selling.scan(code)
    assert selling.view().basket == before
    assert till.journal.open_basket() == before


def test_a_full_disk_leaves_the_basket_as_it_was_on_both_sides() -> None:
    till = Till()
    selling = till.open()
    before = selling.scan(RICE_CODE).basket
    till.journal.full = True
    with pytest.raises(DiskFull):
        selling.scan(RICE_CODE)
    with pytest.raises(DiskFull):
        selling.complete_with_cash(Fen(10_000), CASHIER)
    assert selling.view().basket == before
    assert (till.tray.receipts, till.tray.nudges) == ([], 0)


def test_the_member_has_the_member_price_and_gives_it_back_when_taken_off() -> None:
    selling = Till().open()
    selling.scan(RICE_CODE)
    assert selling.set_member("13800008000").quote.payable == 6290
    assert selling.set_member(None).quote.payable == 6590
    with pytest.raises(Refusal, match="member_unknown"):
        selling.set_member("13900000000")


def test_a_sale_is_one_fact_with_its_stock_and_the_next_basket_is_empty() -> None:
    till = Till()
    selling = till.open()
    selling.scan(CASE_CODE)
    done = selling.complete_with_cash(Fen(50_000), CASHIER)
    (fact,) = till.journal.facts
    assert fact.body["receipt"] == str(done.sale.receipt) == "S001-R1-20260618-0001"
    assert fact.body["payable"] == 39_540
    assert fact.body["tenders"] == [{"kind": "cash", "amount": 39_540, "received": 50_000, "change": 10_460}]
    assert [entry.delta for entry in till.journal.pending_of(stock_key(Sku("RICE5")))] == [-6000]
    assert till.journal.open_basket() is None
    assert selling.view().basket.lines == ()
    assert (len(till.tray.receipts), till.tray.nudges) == (1, 1)


def test_an_empty_basket_cannot_be_sold_nor_a_short_payment_taken() -> None:
    selling = Till().open()
    with pytest.raises(Refusal, match="basket_empty"):
        selling.complete_with_cash(Fen(0), CASHIER)
    selling.scan(RICE_CODE)
    with pytest.raises(Refusal, match="cash_short"):
        selling.complete_with_cash(Fen(6589), CASHIER)


def test_a_sale_is_not_rung_at_another_amount_than_the_customer_was_told() -> None:
    till = Till()
    selling = till.open()
    told = selling.scan(RICE_CODE).quote.payable
    till.replica.prices.append(PriceRow("C1", Sku("RICE5"), "campaign", Fen(6000)))
    with pytest.raises(Refusal) as refused:
        selling.complete_with_cash(told, CASHIER, told=told)
    assert (refused.value.code, refused.value.details["payable"]) == ("price_changed", 6000)
    assert till.journal.facts == []
    assert selling.complete_with_cash(told, CASHIER, told=Fen(6000)).sale.tenders[0].change == told - 6000


def test_a_register_that_stopped_takes_up_its_basket() -> None:
    till = Till()
    before = till.open().scan(RICE_CODE).basket
    assert till.open().view().basket == before


def test_removing_the_last_line_clears_the_basket() -> None:
    till = Till()
    selling = till.open()
    selling.scan(RICE_CODE)
    assert selling.remove(1).basket.lines == ()
    assert till.journal.open_basket() is None


def test_a_typed_price_is_kept_with_its_reason_and_named_in_the_fact() -> None:
    till = Till()
    selling = till.open()
    selling.scan(RICE_CODE)
    assert selling.set_manual_price(1, Fen(5000), "破袋", CASHIER).quote.payable == 5000
    selling.complete_with_cash(Fen(5000), CASHIER)
    line = till.journal.facts[-1].body["lines"][0]
    assert (line["manual_price"], line["reason"], line["price_id"]) == (5000, "破袋", None)


def test_a_reprint_is_a_copy_of_the_same_receipt() -> None:
    till = Till()
    selling = till.open()
    selling.scan(RICE_CODE)
    first = selling.complete_with_cash(Fen(10_000), CASHIER).receipt
    receipts = Receipts(till.journal, till.tray, "东门店")
    copy = receipts.reprint(first.number)
    assert copy.copy
    assert not first.copy
    assert (copy.lines, copy.at, copy.payable) == (first.lines, first.at, first.payable)
    assert [each.number for each in receipts.recent()] == [first.number]
    with pytest.raises(Refusal, match="receipt_unknown"):
        receipts.find("S001-R1-20260618-0099")
