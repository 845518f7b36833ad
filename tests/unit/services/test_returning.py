"""Returns and voids at the counter, over the promoted demo chain: what comes back, to the fen, and never twice."""

from datetime import timedelta

import pytest

from pos_app.domain.consequences import pending_of_fact
from pos_app.domain.errors import DiskFull, Refusal
from pos_app.domain.ids import OperatorId
from pos_app.domain.ledger import Pending, coupon_key, points_key, stock_key, use_key
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.returned import KnownSale, refunding
from pos_app.services.approvals import Consent
from pos_app.services.returning import Asked, CompletedReturn, Returning
from tests.support.promoted import GOLD, GOLD_PHONE, RICE_2KG, RICE_5KG, SOY_SAUCE_CODE, promoted_register
from tests.support.till import HandCounter, HandRegister

CASHIER = OperatorId("1001")
PERSON = Operator(CASHIER, "林晓雯", "cashier", "1234")
MANAGER = "1009"
AGREED = Consent(MANAGER, "9876")
LOOSE_RICE = "6999999004011"
SESAME = "6999999101727"


@pytest.fixture
def register() -> HandRegister:
    return promoted_register()


@pytest.fixture
def counter(register: HandRegister) -> HandCounter:
    opened = register.open()
    assert opened is not None
    return opened


def sell(counter: HandCounter, *codes: str, points: int = 0) -> KnownSale:
    for code in codes:
        counter.selling.scan(code)
    if points:
        counter.selling.redeem_points(points)
    completed = counter.selling.complete_with_cash(Fen(9_000_000), CASHIER)
    return counter.returning.find(str(completed.sale.receipt))


def give_back(
    returning: Returning, sale: KnownSale, quantities: dict[int, int], consent: Consent | None = None
) -> CompletedReturn:
    told = refunding(returning.known_here(sale), quantities).amount
    return returning.give_back(Asked(sale, quantities, "unwanted", told), PERSON, consent)


def test_a_bag_of_two_brings_its_share_of_everything_that_came_off(counter: HandCounter) -> None:
    # 2 × 65.90, the second at half price (−32.95), five off by the coupon: 93.85 paid
    sale = sell(counter, RICE_5KG, RICE_5KG, "C-ANY")
    assert sale.body["payable"] == 9385

    back = refunding(sale, {1: 1000})

    (line,) = back.lines
    assert (line.gross, line.amount, back.whole) == (6590, 4692, False)
    assert {each.source: each.amount for each in line.discounts} == {"promotion:P-2ND": 1648, "coupon:C-ANY": 250}
    assert line.gross - sum(each.amount for each in line.discounts) - line.rounding == line.amount


def test_a_return_is_one_fact_that_says_all_it_changes(register: HandRegister, counter: HandCounter) -> None:
    sale = sell(counter, RICE_5KG, RICE_5KG, "C-ANY")

    done = give_back(counter.returning, sale, {1: 1000})

    _, fact = register.journal.facts
    assert (fact.kind, fact.version, fact.body["receipt"]) == ("return", 1, "S001-R1-20260618-0002")
    assert fact.body["original"] == {"sale": sale.body["sale"], "receipt": sale.receipt, "store": "S001"}
    assert fact.body["tenders"] == [{"kind": "cash", "amount": -4692, "received": -4692, "change": 0}]
    assert pending_of_fact(fact) == [Pending(stock_key(fact.body["lines"][0]["sku"]), 1000)]
    assert register.tray.receipts[-1] is done.receipt
    assert (done.receipt.kind, done.receipt.original, done.receipt.paid) == ("return", sale.receipt, -4692)
    assert done.receipt.gross - done.receipt.saving - done.receipt.points_amount == done.receipt.payable == 4692


def test_all_of_it_in_two_steps_gives_back_what_was_paid_the_coupon_the_points_and_the_uses(
    register: HandRegister, counter: HandCounter
) -> None:
    sale = sell(counter, GOLD_PHONE, RICE_5KG, SESAME, SOY_SAUCE_CODE, "C-ANY", points=1000)
    first = give_back(counter.returning, sale, {1: 1000})
    assert first.returned.coupons == ()
    assert first.returned.body()["uses"] == {}

    last = give_back(counter.returning, sale, {2: 1000, 3: 1000})

    bodies = [first.returned.body(), last.returned.body()]
    assert sum(each["amount"] for each in bodies) == sale.body["payable"]
    assert sum(each["points_given"] for each in bodies) == sale.body["points_used"] == 1000
    assert sum(each["points_taken"] for each in bodies) == sale.body["points_earned"] > 0
    assert bodies[1]["uses"] == {"P-GOLD": 1}
    assert bodies[1]["coupons"] == [{"id": "C-ANY"}]
    ledgers = {each.ledger: each.delta for each in pending_of_fact(register.journal.facts[-1])}
    assert ledgers[coupon_key(last.returned.coupons[0])] == -1
    assert ledgers[use_key("P-GOLD", GOLD)] == -1
    assert ledgers[points_key(GOLD)] == bodies[1]["points_given"] - bodies[1]["points_taken"]
    counter.selling.scan(RICE_5KG)
    assert counter.selling.scan("C-ANY").quote.coupons[0].reason is None  # it may be spent again, at once


def test_a_coupon_whose_template_says_never_stays_spent(register: HandRegister, counter: HandCounter) -> None:
    register.replica.kept_coupons = {"T-5"}
    sale = sell(counter, RICE_5KG, "C-ANY")

    assert give_back(counter.returning, sale, {1: 1000}).returned.coupons == ()

    counter.selling.scan(RICE_5KG)
    with pytest.raises(Refusal, match="coupon_spent"):
        counter.selling.scan("C-ANY")


def test_nothing_comes_back_twice_whatever_the_screen_still_shows(register: HandRegister, counter: HandCounter) -> None:
    sale = sell(counter, RICE_5KG, RICE_2KG)
    give_back(counter.returning, sale, {1: 1000})
    told = refunding(sale, {1: 1000}).amount  # of a screen that has not heard of it

    with pytest.raises(Refusal) as refused:
        counter.returning.give_back(Asked(sale, {1: 1000}, "unwanted", told), PERSON)

    assert (refused.value.code, refused.value.details["left"]) == ("refund_quantity", 0)
    assert len(register.journal.facts) == 2


def test_what_another_register_gave_back_counts_once(counter: HandCounter) -> None:
    sale = sell(counter, RICE_5KG, RICE_5KG)
    elsewhere = give_back(counter.returning, sale, {1: 1000}).returned.body()

    known = sale.with_returns([elsewhere, elsewhere])

    assert counter.returning.known_here(known).left() == {1: 1000}
    with pytest.raises(Refusal, match="refund_quantity"):
        refunding(known, {1: 2000})


def test_another_amount_than_was_told_is_not_given(register: HandRegister, counter: HandCounter) -> None:
    sale = sell(counter, RICE_5KG)

    with pytest.raises(Refusal) as refused:
        counter.returning.give_back(Asked(sale, {1: 1000}, "unwanted", Fen(1)), PERSON)

    assert refused.value.code == "refund_changed"
    assert len(register.journal.facts) == 1


@pytest.mark.parametrize(
    ("quantities", "code"),
    [({}, "return_nothing"), ({1: 500}, "return_pieces"), ({1: 2000}, "refund_quantity"), ({9: 1000}, "no_such_line")],
)
def test_what_cannot_come_back_is_refused(counter: HandCounter, quantities: dict[int, int], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        refunding(sell(counter, RICE_5KG), quantities)
    assert refused.value.code == code


def test_a_part_of_what_was_weighed_comes_back_by_weight(counter: HandCounter) -> None:
    counter.selling.scan(LOOSE_RICE)
    counter.selling.set_quantity(1, 755)
    sale = sell(counter)

    part, rest = refunding(sale, {1: 300}), None
    give_back(counter.returning, sale, {1: 300})
    rest = refunding(counter.returning.known_here(sale), {1: 455})

    assert part.amount == sale.body["payable"] * 300 // 755
    assert part.amount + rest.amount == sale.body["payable"]
    assert rest.whole


@pytest.mark.parametrize(
    ("receipt", "code"),
    [
        ("hello", "receipt_format"),
        ("S001-R1-20260618-0099", "receipt_unknown"),
        ("S001-R2-20260618-0001", "receipt_elsewhere"),
        ("S001-R1-20260618-0002", "receipt_of_return"),
    ],
)
def test_what_is_no_sale_of_this_register_is_told_apart(counter: HandCounter, receipt: str, code: str) -> None:
    give_back(counter.returning, sell(counter, RICE_5KG), {1: 1000})

    with pytest.raises(Refusal) as refused:
        counter.returning.find(receipt)

    assert refused.value.code == code


def test_a_big_refund_needs_a_manager_who_is_another(register: HandRegister, counter: HandCounter) -> None:
    sale = sell(counter, *([RICE_5KG] * 11))
    asked = Asked(sale, {1: 11_000}, "quality", refunding(sale, {1: 11_000}).amount)
    assert asked.told > 50_000
    for consent, code in (
        (None, "approval_needed"),
        (Consent("1001", "1234"), "approval_same_person"),
        (Consent("1002", "2345"), "approval_needs_manager"),
        (Consent(MANAGER, "0000"), "sign_in_wrong"),
    ):
        with pytest.raises(Refusal) as refused:
            counter.returning.give_back(asked, PERSON, consent)
        assert refused.value.code == code
    assert len(register.journal.facts) == 1

    counter.returning.give_back(asked, PERSON, AGREED)

    assert register.journal.facts[-1].body["approved_by"] == MANAGER


def test_a_manager_gives_a_big_refund_alone(register: HandRegister, counter: HandCounter) -> None:
    sale = sell(counter, *([RICE_5KG] * 11))
    asked = Asked(sale, {1: 11_000}, "quality", refunding(sale, {1: 11_000}).amount)

    assert not counter.returning.needs_consent(manager(register), refunding(sale, {1: 11_000}))
    counter.returning.give_back(asked, manager(register))

    assert register.journal.facts[-1].body["approved_by"] is None


def test_the_last_sale_is_voided_as_if_it_had_never_been(register: HandRegister, counter: HandCounter) -> None:
    register.replica.kept_coupons = {"T-5"}
    sale = sell(counter, GOLD_PHONE, RICE_5KG, SESAME, "C-ANY", points=1000)

    counter.returning.void_last(sale, PERSON, AGREED)

    first, fact = register.journal.facts
    assert (fact.kind, fact.body["voids"], fact.body["approved_by"]) == ("void", sale.receipt, MANAGER)
    made = {each.ledger: each.delta for each in pending_of_fact(first)}
    assert {each.ledger: -each.delta for each in pending_of_fact(fact)} == made
    with pytest.raises(Refusal, match="return_voided"):
        refunding(counter.returning.find(sale.receipt), {1: 1000})
    assert [each.came_back for each in counter.receipts.recent()] == ["", "void"]


def test_only_the_last_sale_of_today_that_is_whole_is_voided(register: HandRegister, counter: HandCounter) -> None:
    with pytest.raises(Refusal, match="void_none"):
        counter.returning.last_sale()
    first, second = sell(counter, RICE_5KG), sell(counter, RICE_5KG, RICE_5KG)

    with pytest.raises(Refusal, match="void_not_last"):
        counter.returning.void_last(first, PERSON, AGREED)
    give_back(counter.returning, second, {1: 1000})
    with pytest.raises(Refusal, match="void_returned"):
        counter.returning.void_last(second, PERSON, AGREED)
    register.clock.turn(timedelta(days=1))
    with pytest.raises(Refusal, match="void_too_late"):
        counter.returning.last_sale()


def test_a_return_is_of_the_shift_that_is_open_and_a_sale_of_the_one_before_is_not_voided(
    register: HandRegister, counter: HandCounter
) -> None:
    before = sell(counter, RICE_5KG)
    shift = counter.shifts.open(PERSON, Fen(20_000))

    give_back(counter.returning, before, {1: 1000})

    assert register.journal.facts[-1].body["shift"] == shift.id
    with pytest.raises(Refusal, match="void_too_late"):
        counter.returning.last_sale()
    report = counter.shifts.report(manager(register))
    assert (report.figures.returns.amount, report.figures.cash) == (6590, 0)  # of what was rung before it opened


def manager(register: HandRegister) -> Operator:
    found = register.replica.operator(OperatorId(MANAGER))
    assert found is not None
    return found


def test_the_receipts_say_what_came_back_of_them(counter: HandCounter) -> None:
    sale = sell(counter, RICE_5KG, RICE_5KG)
    give_back(counter.returning, sale, {1: 1000})
    assert [(each.kind, each.came_back) for each in counter.receipts.recent()] == [("return", ""), ("sale", "part")]
    give_back(counter.returning, sale, {1: 1000})

    assert counter.receipts.find(sale.receipt).came_back == "whole"


def test_a_full_disk_gives_nothing_back_and_keeps_everything(register: HandRegister, counter: HandCounter) -> None:
    sale = sell(counter, RICE_5KG)
    register.journal.full = True

    with pytest.raises(DiskFull):
        give_back(counter.returning, sale, {1: 1000})

    assert len(register.tray.receipts) == 1
    register.journal.full = False
    assert give_back(counter.returning, sale, {1: 1000}).receipt.number.endswith("0002")
