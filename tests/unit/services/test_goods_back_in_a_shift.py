"""What goes back to customers, in a shift: it leaves the drawer by its tenders, and belongs to the shift's day."""

from datetime import timedelta

import pytest

from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.returned import refunding
from pos_app.domain.shift_figures import Times
from pos_app.services.approvals import Consent
from pos_app.services.returning import Asked
from tests.support.promoted import RICE_2KG, promoted_register
from tests.support.till import HandCounter, HandRegister

CASHIER, MANAGER = (
    Operator(OperatorId("1001"), "林晓雯", "cashier", ""),
    Operator(OperatorId("1009"), "", "manager", ""),
)
AGREES = Consent("1009", "9876")
FLOAT = Fen(50_000)


@pytest.fixture
def register() -> HandRegister:
    return promoted_register()


@pytest.fixture
def counter(register: HandRegister) -> HandCounter:
    opened = register.open()
    assert opened is not None
    opened.shifts.open(CASHIER, FLOAT)
    return opened


def sell(counter: HandCounter, pieces: int) -> str:
    counter.selling.scan(RICE_2KG, pieces)
    return str(counter.selling.complete_with_cash(Fen(9_000_000), CASHIER.id).sale.receipt)


def test_a_return_and_a_void_leave_the_drawer_as_it_should_be(counter: HandCounter) -> None:
    returning = counter.returning
    sale = returning.find(sell(counter, 3))
    back = refunding(sale, {1: 1000})
    returning.give_back(Asked(sale, {1: 1000}, "unwanted", back.amount), CASHIER)
    voided = returning.find(sell(counter, 1))
    returning.void_last(voided, CASHIER, AGREES)

    report = counter.shifts.report(MANAGER)

    figures, paid = report.figures, voided.body["payable"]
    assert figures.sales == 2
    assert figures.returns == Times(1, back.amount)
    assert figures.voids == Times(1, paid)
    assert figures.paid_back == {"cash": Times(2, back.amount + paid)}
    assert report.expected == FLOAT + sale.body["payable"] - back.amount
    assert figures.last_receipt.endswith("0004")


def test_what_goes_back_past_midnight_belongs_to_the_shifts_day(counter: HandCounter, register: HandRegister) -> None:
    register.clock.at = register.clock.at.replace(hour=23, minute=50)
    sell(counter, 1)
    register.clock.turn(timedelta(minutes=20))

    done = counter.returning.void_last(counter.returning.last_sale(), CASHIER, AGREES)

    assert str(done.returned.receipt).startswith("S001-R1-20260618-")
