"""Prices at the counter as a cashier works them: why a line costs that, hints, gifts, prices by hand, rounding. By keys
and taps alone.
"""

import pytest

from pos_app.ui.rooms.checkout.ringing import LineRow
from pos_app.ui.rooms.checkout.room import CheckoutRoom
from pos_app.ui.rooms.checkout.stories import StoryRow
from pos_app.ui.widgets.buttons import MIN_TARGET
from tests.support.hands import Hands
from tests.support.promoted import (
    GOLD_PHONE,
    NOODLES,
    OIL_SOY_18,
    RICE_2KG,
    RICE_5KG,
    SESAME_OIL,
    TWELVE,
    promoted_register,
)
from tests.support.till import HandRegister
from tests.ui.conftest import OpenWindow


@pytest.fixture
def register() -> HandRegister:
    return promoted_register()


def checkout(hands: Hands) -> CheckoutRoom:
    return hands.window.checkout


def rows(hands: Hands) -> list[LineRow]:
    return checkout(hands).basket.lines.rows_model.rows


def total(hands: Hands) -> str:
    return checkout(hands).basket.total.value


def message(hands: Hands) -> str:
    said = hands.window.toast.message
    return "" if said is None else said.text


def story(hands: Hands) -> list[StoryRow]:
    panel = checkout(hands).line
    assert panel.isVisible()
    return panel.rows.rows_model.rows


def tap_line(hands: Hands, at: int) -> None:
    lines = checkout(hands).basket.lines
    hands.click_row(lines.viewport(), lines.visualRect(lines.rows_model.index(at, 0)))


def test_lines_name_what_took_something_off_and_how_much(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.scan(RICE_5KG)

    (row,) = rows(till)
    model = checkout(till).basket.lines.rows_model
    assert [each.name for each in row.savings] == ["第二件半价"]
    assert row.saved_text == "-¥32.95"
    assert model.data(model.index(0, 4)) == "¥98.85 -¥32.95"


def test_the_total_adds_up_on_the_screen(till: Hands) -> None:
    for code in (RICE_5KG, RICE_5KG, NOODLES, GOLD_PHONE):
        till.scan(code)
    till.press("F10")
    till.press("M")
    till.press("Esc")

    card = checkout(till).basket.card
    view = checkout(till).presenter.rung.view
    assert view is not None
    quote = view.quote
    assert quote.gross - quote.saving - quote.points_amount == quote.payable
    tr = till.application.desk.texts.tr
    # 2 × 62.90 + 12.90, second at half price and 10.00 off, 22.00 in points
    assert card.gross.words == tr("total.gross", amount="¥138.70")
    assert card.saving.words == tr("total.saving", amount="-¥41.45")
    assert card.points.words == tr("total.points", amount="-¥22.00")
    assert total(till) == "¥75.25"


def test_a_tap_on_a_line_tells_its_way_and_a_key_does_too(till: Hands) -> None:
    for code in (RICE_5KG, RICE_5KG, RICE_2KG, GOLD_PHONE):
        till.scan(code)

    tap_line(till, 0)
    assert [(row.what, row.amount) for row in story(till) if row.tone in ("price", "saving", "sum")] == [
        ("¥65.90 → ¥62.90", "¥125.80"),
        ("第二件半价", "-¥31.45"),
        ("满 100 减 10", "-¥7.38"),
        ("折后小计", "¥86.97"),
    ]
    till.press("Esc")
    assert checkout(till).basket.card.isVisible()
    till.press("↓")
    till.press("F6")
    assert story(till)[0].what == "¥34.90 → ¥33.50"


def test_the_story_says_what_is_missing_and_what_does_not_hold(till: Hands) -> None:
    till.scan(RICE_5KG)

    till.press("F6")

    tr = till.application.desk.texts.tr
    told = {row.what: row.about for row in story(till)}
    assert told["第二件半价"] == tr("missed.add_pieces", amount="1")
    assert told["满 100 减 10"] == tr("missed.spend_more", amount="¥34.10")
    assert told["会员日 88 折"] == tr("missed.not_now")


def test_a_campaign_says_since_when(till: Hands, register: HandRegister) -> None:
    campaign = next(row for row in register.replica.prices if row.kind == "campaign")
    product = next(each for each in register.replica.products if each.sku == campaign.sku)
    till.scan(product.barcodes[0].code)

    till.press("F6")

    assert "2025-01-01 00:00" in story(till)[0].about


def test_a_scan_closes_the_story_and_lands(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("F6")

    till.scan(RICE_2KG)

    assert len(rows(till)) == 2
    assert checkout(till).basket.card.isVisible()


def test_from_the_story_the_line_is_changed_by_tap(till: Hands) -> None:
    till.scan(RICE_5KG)
    tap_line(till, 0)

    till.click(checkout(till).line.buttons["checkout.quantity"])
    till.type("3")
    till.press("Enter")

    assert rows(till)[0].quoted.quantity == 3000


def test_hints_stand_at_the_foot_best_first_and_cover_nothing(till: Hands) -> None:
    till.scan(RICE_5KG)
    foot, lines = checkout(till).basket.foot, checkout(till).basket.lines
    tr = till.application.desk.texts.tr
    assert foot.hints.words == (
        tr("hint.add_pieces", amount="1", name="第二件半价"),
        tr("hint.spend_more", amount="¥34.10", name="满 100 减 10"),
    )
    assert lines.mapToGlobal(lines.rect().bottomLeft()).y() < foot.mapToGlobal(foot.rect().topLeft()).y()

    till.press("-")
    assert not foot.isVisible()


def test_hints_speak_the_language_that_was_switched_to(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.application.desk.texts.switch("en")

    assert checkout(till).basket.foot.hints.words[1] == "¥34.10 more for “满 100 减 10”"


def test_a_gift_is_offered_and_put_in_by_one_key(till: Hands, register: HandRegister) -> None:
    register.replica.codes.pop("OIL-LJ-100ML")
    till.scan(SESAME_OIL)
    offer = checkout(till).basket.foot.offer
    till.until(offer.isVisible)
    assert "味极鲜酱油 500ml" in offer.text()

    till.press(offer.key)

    assert [(row.line.sku, row.quoted.net) for row in rows(till)] == [("OIL-SE-405ML", 3150), ("SOY-WJ-500ML", 0)]
    till.until(offer.isHidden)


def test_of_several_gifts_one_is_chosen(till: Hands) -> None:
    till.scan(SESAME_OIL)
    offer = checkout(till).basket.foot.offer
    till.until(offer.isVisible)

    till.click(offer)
    till.press("1")

    assert [row.line.name for row in rows(till)] == ["小磨芝麻香油 405ml", "辣椒油 100ml"]
    assert rows(till)[1].quoted.net == 0


def test_an_add_on_says_its_price(till: Hands) -> None:
    till.scan(OIL_SOY_18)
    offer = checkout(till).basket.foot.offer
    till.until(offer.isVisible)
    assert "¥4.90" in offer.text()

    till.click(offer)

    assert [row.quoted.net for row in rows(till)] == [1990, 490]


def test_a_gift_that_is_not_earned_any_more_is_not_put_in(till: Hands, register: HandRegister) -> None:
    till.scan(SESAME_OIL)
    offer = checkout(till).basket.foot.offer
    till.until(offer.isVisible)
    register.replica.promotions = []
    register.replica.rules = None
    register.prices_came()
    till.rest()

    checkout(till).presenter.benefits.take_offer()
    till.rest()

    assert len(rows(till)) == 1


def test_a_price_by_hand_with_a_reason_chosen_by_key(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    till.press("/")
    till.type("60")
    till.press("Enter")
    assert rows(till)[0].quoted.unit_price == 6590, "no price without a reason"
    till.press("2")

    assert (rows(till)[0].shelf.kind, total(till)) == (None, "¥60.00")
    fact = register.journal.facts[-1]
    assert (fact.kind, fact.body["reason"], fact.body["was"], fact.body["price"]) == (
        "price_overridden", "damaged", 6590, 6000,
    )  # fmt: skip
    till.press("F6")
    assert "包装破损" in story(till)[0].about
    till.press("R")
    assert total(till) == "¥65.90"


def test_a_reason_in_own_words(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    till.press("/")
    till.type("60")
    till.press("Enter")
    till.type("x")
    till.type("yz")
    till.press("Enter")

    assert register.journal.facts[-1].body["reason"] == "xyz"
    assert total(till) == "¥60.00"


def test_a_discount_in_per_cent_shows_what_it_comes_to_before_it_is_taken(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("F8")
    till.type("85")
    assert checkout(till).basket.panel.preview.words == "¥65.90 → ¥56.02"
    till.press("Enter")
    till.press("1")

    assert total(till) == "¥56.02"


def test_a_discount_as_an_amount_and_never_below_nothing(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("F8")
    till.press("F8")
    till.type("100")
    till.press("Enter")
    assert message(till) == till.application.desk.texts.tr("error.price_negative")
    for _ in "100":
        till.press("⌫")
    till.type("5.90")
    till.press("Enter")
    till.press("4")

    assert total(till) == "¥60.00"


def test_f8_in_the_amount_turns_back_to_per_cent(till: Hands) -> None:
    till.scan(RICE_5KG)
    tr = till.application.desk.texts.tr
    titles = []
    for _ in range(3):
        till.press("F8")
        titles.append(checkout(till).basket.panel.title.words)

    assert titles == [tr("ask.discount"), tr("ask.reduction"), tr("ask.discount")]


def test_a_price_or_discount_needs_a_line(till: Hands) -> None:
    for key in ("/", "F8", "F6"):
        till.press(key)
        assert message(till) == till.application.desk.texts.tr("error.no_line_chosen")


def test_rounding_is_turned_at_the_tender(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    till.press("/")
    till.type("65.87")
    till.press("Enter")
    till.press("1")
    till.press("+")
    tender = checkout(till).tender
    due = []
    for _ in range(3):
        till.press("Z")
        due.append(tender.due.value)
    assert due == ["¥65.80", "¥65.00", "¥65.87"]
    till.click(tender.rounding)
    till.press("Enter")

    assert register.tray.receipts[-1].payable == 6580
    assert register.tray.receipts[-1].rounding == 7


def test_the_sale_shows_what_was_saved_and_earned(till: Hands, register: HandRegister) -> None:
    for code in (RICE_5KG, RICE_5KG, GOLD_PHONE):
        till.scan(code)
    till.press("+")
    till.press("Enter")

    done = checkout(till).done
    # 2 × 3.00 below the base price, 31.45 off
    assert "¥37.45" in done.saved.words
    assert "141" in done.earned.words
    assert any("第二件半价" in line for line in done.panel.paper.sheet.lines)
    assert register.journal.facts[-1].version == 2


def test_twelve_savings_are_counted_on_the_line_and_told_one_by_one(open_window: OpenWindow) -> None:
    register = promoted_register(*TWELVE)
    hands = open_window(register)
    hands.window.welcome(register.replica.operators[0])
    hands.rest()
    hands.scan(RICE_5KG)
    hands.scan(RICE_5KG)

    tap_line(hands, 0)

    assert len(rows(hands)[0].savings) == 12
    assert sum(1 for row in story(hands) if row.tone == "saving") == 12


def test_what_is_tapped_is_large_enough_for_a_thumb(till: Hands) -> None:
    till.scan(RICE_5KG)
    room = checkout(till)
    buttons = [*room.basket.buttons.values(), room.basket.foot.offer, *room.choice.buttons]
    buttons += [room.line.restore, *room.line.buttons.values()]
    buttons += [room.benefits.best, room.benefits.ask_points, room.benefits.most_points, room.benefits.code]
    for key in ("F6", "F10", "F8"):
        till.press(key)

    assert [button.text() for button in buttons if button.height() < MIN_TARGET] == []
    assert min(room.basket.lines.row_height, room.benefits.rows.row_height) >= MIN_TARGET
