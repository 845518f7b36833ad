"""A basket of another till is listed, fetched at one key, and opened as a copy where its till is off."""

from dataclasses import replace

from pos_app.domain.basket import Basket
from pos_app.domain.errors import Breakdown, LineDown, Refusal
from pos_app.domain.ids import BasketId, DeviceId, OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.suspended_basket import SuspendedAt, SuspendedBasket
from pos_app.ui.ports import SoldElsewhere
from pos_app.ui.runtime.messages import Message
from tests.support.hands import Hands
from tests.support.till import HandRegister

RICE_2KG, OIL = "6999999000112", "6999999000228"


def hangs_elsewhere(till: Hands, register: HandRegister) -> SuspendedAt:
    """Something that was rung up at the second till."""
    till.scan(RICE_2KG)
    basket = register.journal.open_basket()
    assert basket is not None
    till.press("F3")
    till.press("Enter")
    elsewhere = replace(basket, id=BasketId("019-elsewhere"))
    suspended = SuspendedBasket(elsewhere, "2026-06-18T10:40:00.000+08:00", OperatorId("1002"), Fen(3490))
    row = SuspendedAt.whole(DeviceId("S001-R2"), suspended)
    register.neighbours.append(row)
    return row


def test_it_is_listed_with_its_till_and_fetched_at_one_key(till: Hands, register: HandRegister) -> None:
    row = hangs_elsewhere(till, register)
    till.press("F7")
    model = till.window.checkout.suspended.rows.rows_model
    assert model.index(0, 0).data() == "10:40  S001-R2"

    till.press("Enter")

    assert till.window.checkout.basket.total.value == "¥34.90"
    assert register.asked[-2:] == [f"fetch {row.id} of S001-R2", f"done with {row.id}"]
    opened = register.journal.open_basket()
    assert opened is not None
    assert opened.id == row.id


def test_own_baskets_stand_first_and_do_not_move(till: Hands, register: HandRegister) -> None:
    hangs_elsewhere(till, register)
    till.scan(RICE_2KG)
    till.press("F7")
    till.press("F7")

    rows = till.window.checkout.suspended.rows.rows_model.rows
    assert [row.device for row in rows] == ["S001-R1", "S001-R2"]


def test_the_neighbours_come_behind_what_is_chosen(till: Hands, register: HandRegister) -> None:
    hangs_elsewhere(till, register)
    for code in (RICE_2KG, OIL):
        till.scan(code)
        till.press("F7")
    rows = till.window.checkout.suspended.rows
    with till.unanswered():
        till.press("F7")
        till.press("↓")
        chosen = rows.current_row()

    assert len(rows.rows_model.rows) == 3
    assert rows.current_row() == chosen
    till.press("Enter")
    opened = register.journal.open_basket()
    assert opened is not None
    assert [line.code for line in opened.lines] == [RICE_2KG]


def test_whoever_went_on_is_left_where_they_are(till: Hands, register: HandRegister) -> None:
    hangs_elsewhere(till, register)
    checkout = till.window.checkout
    with till.unanswered():
        till.press("F7")
        till.press("Esc")
    assert not checkout.suspended.isVisible()

    with till.unanswered():
        till.press("F7")
        till.press("F9")
        till.type("138")
    assert checkout.basket.panel.isVisible()
    assert checkout.basket.panel.box.shown == "138"
    till.press("Esc")

    register.neighbours.clear()
    with till.unanswered():
        till.press("F7")
        till.press("F4")
    assert checkout.receipts.isVisible()


def test_while_the_neighbours_are_asked_it_says_so(till: Hands) -> None:
    with till.unanswered():
        till.press("F7")
        panel = till.window.checkout.suspended
        assert panel.isVisible()
        till.until(lambda: panel.waiting.words == till.application.desk.texts.tr("suspended.asking"))

    assert panel.waiting.words == ""
    assert not panel.isVisible()


def test_while_a_basket_is_fetched_it_says_from_where(till: Hands, register: HandRegister) -> None:
    row = hangs_elsewhere(till, register)
    till.press("F7")
    waiting = till.window.checkout.suspended.waiting
    assert not waiting.isVisible()
    with till.unanswered():
        till.press("Enter")
        assert waiting.words == "", "what is answered in a moment is not shown as awaited"
        till.until(lambda: waiting.words == till.application.desk.texts.tr("suspended.fetching", device=row.device))
        assert waiting.isVisible()

    assert not waiting.isVisible()
    assert till.window.checkout.basket.total.value == "¥34.90"


def test_one_that_is_open_elsewhere_says_so_in_the_list(till: Hands, register: HandRegister) -> None:
    row = hangs_elsewhere(till, register)
    register.neighbours[:] = [replace(row, in_hand=True)]
    till.press("F7")

    model = till.window.checkout.suspended.rows.rows_model
    assert model.index(0, 0).data() == "10:40  S001-R2 正在收银"


def test_a_basket_in_hand_that_another_till_sold_is_said_at_once_and_before_payment(
    till: Hands, register: HandRegister
) -> None:
    till.scan(RICE_2KG)
    basket = register.journal.open_basket()
    assert basket is not None
    said = till.application.desk.texts.tr("error.basket_sold_elsewhere", device="S001-R2")

    def is_said() -> bool:
        return till.window.toast.isVisible() and till.window.toast.message == Message(said, "refusal")

    register.tell(SoldElsewhere(BasketId("another"), DeviceId("S001-R2")))
    till.rest()
    assert not is_said()
    register.tell(SoldElsewhere(basket.id, DeviceId("S001-R2")))
    till.until(is_said)

    till.scan(OIL)
    assert not is_said()
    till.press("+")
    assert is_said()


def test_with_nothing_known_of_what_is_in_it_no_copy_is_offered(till: Hands, register: HandRegister) -> None:
    row = hangs_elsewhere(till, register)
    register.neighbours[:] = [replace(row, copy=None)]
    register.fails["fetch"] = LineDown("peer_down", peer="S001-R2")
    till.press("F7")
    till.press("Enter")

    assert not till.window.checkout.choice.isVisible()
    assert till.window.toast.message is not None
    assert "S001-R2" in till.window.toast.message.text


def test_an_answer_to_an_earlier_asking_is_not_added(till: Hands, register: HandRegister) -> None:
    hangs_elsewhere(till, register)
    with till.unanswered():
        till.press("F7")
        till.press("Esc")
        till.press("F7")

    assert len(till.window.checkout.suspended.rows.rows_model.rows) == 1


def test_a_till_found_off_after_the_list_was_left_replaces_nothing(till: Hands, register: HandRegister) -> None:
    hangs_elsewhere(till, register)
    register.fails["fetch"] = LineDown("peer_down", peer="S001-R2")
    till.press("F7")
    with till.unanswered():
        till.press("Enter")
        till.press("Esc")
        till.press("F9")

    assert till.window.checkout.basket.panel.isVisible()
    assert till.window.toast.message is not None
    assert "S001-R2" in till.window.toast.message.text


def test_with_its_till_off_a_copy_is_offered_and_opens(till: Hands, register: HandRegister) -> None:
    row = hangs_elsewhere(till, register)
    register.fails["fetch"] = LineDown("peer_down", peer="S001-R2")
    till.press("F7")
    till.press("Enter")
    about = till.window.checkout.choice.about
    assert about.words == till.application.desk.texts.tr("suspended.out_of_reach_about", device="S001-R2")
    assert "先确认那台没有收过这单" in about.words
    assert about.height() >= about.heightForWidth(about.width()) > 2 * about.fontMetrics().height()
    assert register.journal.open_basket() is None

    till.press("1")

    opened = register.journal.open_basket()
    assert opened is not None
    assert opened.id == row.id
    assert till.window.checkout.basket.total.value == "¥34.90"


def test_a_refusal_of_its_till_is_told_and_nothing_opens(till: Hands, register: HandRegister) -> None:
    hangs_elsewhere(till, register)
    register.fails["fetch"] = Refusal("basket_sold_there")
    till.press("F7")
    till.press("Enter")

    assert till.window.toast.message is not None
    assert till.window.toast.message.text == till.application.desk.texts.tr("error.basket_sold_there")
    assert register.journal.open_basket() is None


def test_a_network_that_is_not_open_is_told_and_what_is_here_stays(till: Hands, register: HandRegister) -> None:
    register.fails["elsewhere"] = Breakdown("lan_without_secret")
    till.scan(RICE_2KG)
    till.press("F7")
    till.press("F7")

    assert till.window.checkout.suspended.isVisible()
    assert till.window.toast.message is not None
    till.press("Enter")
    assert till.window.checkout.basket.total.value == "¥34.90"


def test_a_basket_that_came_while_something_was_scanned_is_not_forced_in(till: Hands, register: HandRegister) -> None:
    row = hangs_elsewhere(till, register)
    till.scan(RICE_2KG)
    before = register.journal.open_basket()

    till.window.checkout.presenter.suspended.recall(row)
    till.rest()

    assert register.journal.open_basket() == before
    assert register.asked[-1] == f"done with {row.id}"
    assert isinstance(before, Basket)
