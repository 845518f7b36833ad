"""Chinese and English, switched at once: nothing stays behind, nothing is missing, nothing is cut."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from pos_app.domain.errors import Refusal
from pos_app.ui.ports import PrinterStatus
from pos_app.ui.rooms.checkout.total_card import SideBySide
from pos_app.ui.rooms.members.card_view import CardView
from pos_app.ui.runtime.translations import Texts
from pos_app.ui.widgets.displays import EntryBox, Figure, Words
from pos_app.ui.widgets.status_strip import Sign
from tests.support.hands import Hands
from tests.support.till import STORE_NAME, HandRegister

CJK = re.compile(r"[\u3400-\u9fff]")
MISSING = "⟦"
RICE = "6999999000129"


def said(widget: QWidget) -> Iterator[str]:
    """What a part of the window says in words of ours (names of goods and people come as they are)."""
    if isinstance(widget, QAbstractButton):
        yield widget.text()
    elif isinstance(widget, Figure | EntryBox):
        yield widget.caption
    elif isinstance(widget, Words | Sign):
        yield widget.words
    elif isinstance(widget, QLineEdit):
        yield widget.placeholderText()


def visible_texts(hands: Hands) -> list[str]:
    parts = [part for part in hands.window.findChildren(QWidget) if part.isVisible()]
    return [text for part in parts for text in said(part) if text]


def walk(till: Hands, register: HandRegister) -> Iterator[str]:
    """Stand in one place after the other."""
    yield "empty basket"
    till.scan(RICE)
    yield "basket"
    till.press("*")
    yield "quantity"
    till.press("Esc")
    till.press("F3")
    yield "clear"
    till.press("Esc")
    till.press("+")
    yield "tender"
    till.press("Enter")
    yield "done"
    till.press("F4")
    yield "receipts"
    till.press("Alt+8")
    yield "sync"
    till.press("Alt+3")
    yield "members"
    till.type("13800002233")
    (card,) = till.window.findChildren(CardView)
    till.until(lambda: card.card is not None)
    yield "member"
    till.press("F6")
    yield "why look"
    till.press("Esc")
    till.press("Alt+9")
    register.tell(PrinterStatus("down", 2, "printer_down"))
    till.rest()
    yield "settings"
    till.press("F12")
    yield "lock"


NAMES = {"林晓雯", "周海燕", STORE_NAME, f"S001-R1 · {STORE_NAME}", f"{STORE_NAME}  S001", "中文"}


def test_after_switching_to_english_no_chinese_of_ours_stays(till: Hands, register: HandRegister) -> None:
    left = {}
    texts = till.application.desk.texts
    for place in walk(till, register):
        texts.switch("en")
        stayed = [text for text in visible_texts(till) if CJK.search(text) and text not in NAMES and "五常" not in text]
        if stayed:
            left[place] = stayed
        texts.switch("zh_CN")

    assert left == {}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_text_is_missing_anywhere(till: Hands, register: HandRegister, language: str) -> None:
    till.application.desk.texts.switch(language)

    missing = {place: text for place in walk(till, register) for text in visible_texts(till) if MISSING in text}

    assert missing == {}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_button_is_too_narrow_for_its_words(till: Hands, register: HandRegister, language: str) -> None:
    till.application.desk.texts.switch(language)
    cut = {}
    for place in walk(till, register):
        till.rest()
        for button in till.window.findChildren(QAbstractButton):
            if button.isVisible() and button.sizeHint().width() > button.width():
                cut[place] = (button.text(), button.sizeHint().width(), button.width())

    assert cut == {}


def test_every_target_is_large_enough_for_a_thumb(till: Hands, register: HandRegister) -> None:
    small = {
        (place, button.text()): (button.width(), button.height())
        for place in walk(till, register)
        for button in till.window.findChildren(QAbstractButton)
        if button.isVisible() and min(button.width(), button.height()) < 44
    }

    assert small == {}


def test_a_choice_is_kept_and_taken_up_again(till: Hands) -> None:
    till.press("Alt+9")
    till.press("L")
    till.press("T")

    assert till.application.desk.texts.language == "en"
    assert till.application.desk.theme.name == "dark"
    assert till.window.rail.rooms["settings"].text() == "Settings"


def test_what_a_text_lacks_is_left_out_and_nothing_breaks() -> None:
    texts = Texts("en")

    assert texts.tr("error.code_unknown", text="69").startswith("Unknown code: 69")
    assert texts.tr("no.such.key") == "⟦no.such.key⟧"


def test_an_unknown_language_is_the_first_we_have() -> None:
    assert Texts("fr").language == "zh_CN"


def test_an_amount_in_a_refusal_is_written_as_an_amount(till: Hands) -> None:
    text = till.application.desk.messages.text_of(Refusal("cash_short", payable=6590, missing=1234_50))

    assert "¥1,234.50" in text


@pytest.mark.parametrize(
    ("left", "right"),
    [("¥1,126.60 below usual prices", ""), ("", "rounding  -¥1,000.00"), ("short", "right: more than its half")],
)
def test_a_line_of_two_gives_to_one_what_the_other_leaves(till: Hands, left: str, right: str) -> None:
    theme = till.application.desk.theme
    parts = Words(theme, "body"), Words(theme, "body")
    row = SideBySide(*parts)
    till.bot.addWidget(row)
    row.resize(272, row.height())
    row.share()
    half = parts[0].width()
    for part, words in zip(parts, (left, right), strict=True):
        part.set_words(words)
    row.share()

    assert max(part.needed_width for part in parts) > half
    assert all(part.width() >= part.needed_width for part in parts)


def test_a_long_name_leaves_the_rest_of_its_line_readable(till: Hands) -> None:
    theme = till.application.desk.theme
    parts = Words(theme, "body"), Words(theme, "body")
    row = SideBySide(*parts)
    till.bot.addWidget(row)
    parts[0].set_words("很长的名字" * 8)
    parts[1].set_words("Gold")
    row.resize(272, row.height())
    row.share()

    assert parts[1].width() >= parts[1].needed_width


def test_a_question_that_is_open_speaks_the_language_chosen_since(till: Hands) -> None:
    texts, panel = till.application.desk.texts, till.window.checkout.basket.panel
    till.press("F9")
    assert panel.about.words == texts.tr("ask.member_about")

    till.press("Alt+9")
    till.press("L")
    till.press("Alt+1")

    assert panel.isVisible()
    assert texts.language == "en"
    assert panel.about.words == texts.tr("ask.member_about")
