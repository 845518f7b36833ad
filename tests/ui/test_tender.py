"""The tender while things come down: what was typed stays, and another amount is never taken unseen."""

import pytest

from pos_app.domain.ids import Sku
from pos_app.domain.money import Fen
from pos_app.services.changes import Kind
from pos_app.ui.ports import Changed
from pos_app.ui.rooms.checkout.tender_page import TenderPage
from tests.support.hands import Hands
from tests.support.till import HandRegister
from tests.ui.test_checkout import RICE_5KG, message


def come(till: Hands, register: HandRegister, kind: Kind) -> None:
    register.tell(Changed(frozenset({kind})))
    till.rest()


def costs(register: HandRegister, sku: Sku, amount: int) -> None:
    replica = register.replica
    replica.prices = [each._replace(amount=Fen(amount)) if each.sku == sku else each for each in replica.prices]
    replica.rules = None


def paid(register: HandRegister) -> list[tuple[int, int]]:
    return [(received, change) for each in register.tray.receipts for _, _, received, change in each.tenders]


@pytest.fixture
def tender(till: Hands) -> TenderPage:
    till.scan(RICE_5KG)
    till.press("+")
    return till.window.checkout.tender


@pytest.mark.parametrize("kind", [Kind.MEMBER, Kind.PRODUCT, Kind.PRICE])
def test_what_was_typed_stays_while_documents_come(
    till: Hands, register: HandRegister, tender: TenderPage, kind: Kind
) -> None:
    till.type("10")
    come(till, register, kind)
    till.type("0")
    come(till, register, kind)

    assert tender.change.value == "¥34.10"
    till.press("Enter")
    assert paid(register) == [(10_000, 3410)]


def test_rounding_leaves_what_was_typed(till: Hands, register: HandRegister, tender: TenderPage) -> None:
    till.type("100")
    till.press("Z")
    till.press("Z")

    assert (tender.received.shown, tender.change.value) == ("100", "¥35.00")
    till.press("Enter")
    assert paid(register) == [(10_000, 3500)]


@pytest.mark.parametrize("typed", ["", "100"])
def test_another_amount_is_said_and_taken_only_when_it_was_seen(
    till: Hands, register: HandRegister, tender: TenderPage, typed: str
) -> None:
    till.type(typed)
    (line,) = till.window.checkout.basket.lines.rows_model.rows
    costs(register, line.line.sku, 7090)
    come(till, register, Kind.PRICE)

    assert tender.due.value == "¥70.90"
    assert tender.received.shown == (typed or "70.90")
    assert "65.90" in message(till)
    assert "70.90" in message(till)
    till.press("Enter")
    assert register.tray.receipts == []
    till.press("Enter")
    assert [each.payable for each in register.tray.receipts] == [7090]


def test_a_note_that_is_too_small_now_is_not_taken(till: Hands, register: HandRegister, tender: TenderPage) -> None:
    till.type("70")
    (line,) = till.window.checkout.basket.lines.rows_model.rows
    costs(register, line.line.sku, 7090)
    come(till, register, Kind.PRICE)

    for _ in range(3):
        till.press("Enter")

    assert tender.change.caption == till.application.desk.texts.tr("tender.short")
    assert register.tray.receipts == []
