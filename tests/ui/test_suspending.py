"""Suspending a basket and recalling it, at one key, by touch and by keys."""

from pos_app.ui.rooms.checkout.suspended_panel import SuspendedPanel
from tests.support.hands import Hands
from tests.support.till import HandRegister

RICE_2KG, OIL = "6999999000112", "6999999000228"


def panel(till: Hands) -> SuspendedPanel:
    return till.window.checkout.suspended


def test_one_key_suspends_it_and_brings_it_back(till: Hands) -> None:
    till.scan(RICE_2KG)
    till.press("F7")
    page = till.window.checkout.basket
    assert page.total.value == "¥0.00"

    till.press("F7")
    till.press("Enter")
    assert page.total.value == "¥34.90"


def test_the_list_says_what_came_first_and_what_it_comes_to(till: Hands) -> None:
    till.application.desk.texts.switch("en")
    till.scan(RICE_2KG)
    till.scan(OIL)
    till.press("F7")
    till.scan(RICE_2KG)
    till.press("F7")
    till.press("F7")

    model = panel(till).rows.rows_model
    told = [[model.index(row, column).data() for column in range(3)] for row in range(2)]
    assert [each[0] for each in told] == ["10:42", "10:42"]
    assert told[0][1] == "¥34.90"
    assert told[1][2].startswith("2 lines: ")


def test_a_tap_recalls_what_it_hits(till: Hands, register: HandRegister) -> None:
    till.scan(OIL)
    till.press("F7")
    till.scan(RICE_2KG)
    till.press("F7")
    till.press("F7")
    rows = panel(till).rows

    till.click_row(rows.viewport(), rows.visualRect(rows.rows_model.index(1, 0)))

    basket = register.journal.open_basket()
    assert basket is not None
    assert [line.code for line in basket.lines] == [OIL]


def test_that_it_can_be_recalled_is_not_said_over_the_recalled_one(till: Hands) -> None:
    till.scan(RICE_2KG)
    till.press("F7")
    assert till.window.toast.isVisible()
    till.press("F7")
    assert not till.window.toast.isVisible()


def test_whole_pages_of_the_list_are_turned(till: Hands) -> None:
    for _ in range(12):
        till.scan(OIL)
        till.press("F7")
    till.press("F7")
    rows = panel(till).rows

    till.press("PgDn")
    assert rows.currentIndex().row() == rows.page_rows() > 1
    till.press("PgUp")
    assert rows.currentIndex().row() == 0


def test_with_nothing_suspended_it_says_so_and_a_scan_leaves_the_list(till: Hands) -> None:
    till.press("F7")
    assert till.window.toast.message is not None
    assert till.window.toast.message.text == till.application.desk.texts.tr("error.suspended_none")

    till.scan(RICE_2KG)
    till.press("F7")
    till.press("F7")
    assert panel(till).isVisible()
    till.scan(OIL)
    assert not panel(till).isVisible()
    till.press("F7")
    till.press("F7")
    assert len(panel(till).rows.rows_model.rows) == 2
