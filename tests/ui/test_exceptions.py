"""The sync room's exceptions: what waits, who has it, how it was settled; and no sale waits for any of it."""

from dataclasses import replace

import pytest

from pos_app.services.changes import Kind
from pos_app.ui.ports import Changed
from pos_app.ui.rooms.sync.exceptions_page import ExceptionWords
from pos_app.ui.rooms.sync.room import SyncRoom
from pos_app.ui.runtime.translations import Texts
from tests.support.hands import Hands
from tests.support.till import OPENING, HandRegister, exceptions


def room(hands: Hands) -> SyncRoom:
    return hands.window.findChildren(SyncRoom)[0]


@pytest.fixture
def troubled(till: Hands, register: HandRegister) -> Hands:
    """Headquarters could not honour some of what was done; the sync room is open."""
    register.replica.wrong = exceptions()
    till.press("Alt+8")
    till.rest()
    return till


def said(hands: Hands, key: str, **places: object) -> str:
    return hands.application.desk.texts.tr(key, **places)


def test_how_many_wait_is_said_and_what_waits_stands_first(troubled: Hands) -> None:
    assert room(troubled).overview.wrong.words == said(troubled, "sync.exceptions_some", count=3)

    troubled.press_shown(said(troubled, "action.sync.exceptions"))

    page = room(troubled).exceptions
    assert page.isVisible()
    assert [each.open for each in page.rows.rows_model.rows] == [True, True, True, False]
    assert page.what.words == said(troubled, "exception.product_unknown", sku="RICE-NEW-2KG")
    assert (page.receipt.words, page.owner.words) == ("S001-R1-20260618-0031", said(troubled, "exception_owner.hq"))
    assert page.settled.words == said(troubled, "exceptions.waits")


def test_how_one_was_settled_by_whom_and_when_is_read(troubled: Hands) -> None:
    troubled.press("E")
    for _ in range(3):
        troubled.press("↓")

    words = room(troubled).exceptions.settled.words
    assert "许文清" in words
    assert "已停用一台" in words
    assert "09:42" in words


def test_a_kind_that_this_release_does_not_know_is_told_by_its_code(troubled: Hands) -> None:
    troubled.press("E")
    for _ in range(2):
        troubled.press("↓")

    page = room(troubled).exceptions
    assert "coupon_spent_on_the_moon" in page.what.words
    assert page.owner.words == "周立群"


@pytest.mark.parametrize(
    ("code", "case", "words"),
    [
        ("lease_unknown", {"amount": 0}, "用了本机没有的积分额度（points:M1:L1）"),
        ("lease_overspent", {"amount": 40, "left": 0}, "用了积分额度（points:M1:L1）里 40 分，其中只剩 0 分"),
    ],
)
def test_what_went_wrong_with_a_lease_is_said_in_a_stores_words(code: str, case: dict[str, int], words: str) -> None:
    row = replace(exceptions()[1], code=code, details={"lease": "points:M1:L1", **case})
    assert ExceptionWords(Texts("zh_CN")).what(row) == words


def test_one_that_is_settled_while_it_is_looked_at_is_settled_on_the_screen(
    troubled: Hands, register: HandRegister
) -> None:
    troubled.press("E")
    register.replica.wrong = [
        replace(each, resolved_at=each.resolved_at or OPENING, resolved_by="许文清") for each in exceptions()
    ]
    register.tell(Changed(frozenset({Kind.EXCEPTION})))
    troubled.rest()

    assert not any(each.open for each in room(troubled).exceptions.rows.rows_model.rows)
    troubled.press("Esc")
    assert room(troubled).overview.wrong.words == said(troubled, "sync.exceptions_none")


def test_with_none_it_says_so(till: Hands) -> None:
    till.press("Alt+8")
    till.press("E")

    page = room(till).exceptions
    assert page.isVisible()
    assert not page.card.isVisible()
    till.scan("6999999000129")
    assert till.window.checkout.isVisible()
