"""The sync room where this register's chain and headquarters' have parted: what a manager is told, and asked."""

from dataclasses import replace

import pytest

from pos_app.domain.branches import Parting
from pos_app.domain.facts import GENESIS, START, ChainHead, Position
from pos_app.services.changes import Kind
from pos_app.ui.ports import Changed, Trouble
from pos_app.ui.rooms.sync.room import SyncRoom
from tests.support.hands import Hands
from tests.support.till import OPENING, HandRegister

GOODS = "6999999000129"
MANAGER, MANAGERS_PIN = "1009", "9876"
HEAD = ChainHead(Position(1, 80), GENESIS)


def room(hands: Hands) -> SyncRoom:
    return hands.window.findChildren(SyncRoom)[0]


def part(till: Hands, register: HandRegister, *, frozen: bool = True) -> None:
    """Let headquarters refuse what was done, or have what was lost here."""
    register.branches.facts = list(register.journal.facts) if frozen else []
    register.branches.parted = Parting(START, HEAD, frozen)
    register.tell(replace(register.line, trouble=Trouble("fork", OPENING, {})))
    register.tell(Changed(frozenset({Kind.CHAIN})))
    till.rest()


@pytest.fixture
def forked(till: Hands, register: HandRegister) -> Hands:
    """Two sales that headquarters refused; the sync room is open."""
    for _ in range(2):
        till.scan(GOODS)
        till.press("+")
        till.press("Enter")
        till.press("Enter")
    till.press("Alt+8")
    part(till, register)
    return till


def test_what_waits_for_a_manager_is_not_said_to_go_up_by_itself(till: Hands, register: HandRegister) -> None:
    tr = till.application.desk.texts.tr
    till.press("Alt+8")
    about = room(till).overview.waiting_about
    for line, key in (
        (replace(register.line, waiting=3), "sync.waiting_online"),
        (replace(register.line, waiting=3, online=False), "sync.waiting_some"),
        (register.line, "sync.waiting_none"),
        (replace(register.line, acknowledged="0:0"), "sync.waiting_never"),
        (replace(register.line, acknowledged=""), "sync.waiting_never"),
    ):
        register.tell(line)
        till.rest()
        assert about.words == tr(key)

    part(till, register)
    assert about.words == tr("sync.waiting_parted")
    register.tell(replace(register.line, waiting=3))
    till.rest()
    assert about.words == tr("sync.waiting_parted")


def test_a_manager_reads_what_happened_and_lets_the_register_go_on(forked: Hands, register: HandRegister) -> None:
    forked.press_shown(forked.application.desk.texts.tr("action.sync.approve"))
    page = room(forked).parted
    assert page.isVisible()
    assert "80" in page.what.words
    assert "2" in page.kept.words
    assert "¥" in page.kept.words

    forked.type(MANAGER)
    forked.press("Enter")
    forked.type(MANAGERS_PIN)
    forked.press("Enter")

    ((opening, operator),) = register.branches.epochs
    assert (opening.reason, opening.follows, operator) == ("forked", HEAD, MANAGER)
    assert register.asked[-1] == "try_again"
    assert room(forked).overview.isVisible()
    assert not room(forked).overview.approve.isVisible()
    assert forked.window.toast.message is not None
    assert forked.window.toast.message.text == forked.application.desk.texts.tr("note.gone_on")


def test_a_wrong_pin_and_a_cashiers_are_told_beside_the_box(forked: Hands, register: HandRegister) -> None:
    forked.press("A")
    page = room(forked).parted
    forked.type(MANAGER)
    forked.press("Enter")
    forked.type("1111")
    forked.press("Enter")
    assert page.pad.said.words == forked.application.desk.texts.tr("error.sign_in_wrong")
    assert page.pad.pin.shown == ""

    forked.click(page.pad.number)
    for _ in MANAGER:
        forked.press("⌫")
    forked.type("1001")
    forked.click(page.pad.confirm)
    forked.type("1234")
    forked.click(page.pad.confirm)

    assert "林晓雯" in page.pad.said.words
    assert register.branches.epochs == []


def test_nobody_need_answer_and_selling_goes_on(forked: Hands, register: HandRegister) -> None:
    forked.press("A")
    forked.press("Esc")
    assert room(forked).overview.isVisible()
    forked.press("A")
    forked.scan(GOODS)

    assert forked.window.checkout.isVisible()
    assert register.branches.parted is not None


def test_a_disk_that_only_lost_facts_goes_on_by_itself(till: Hands, register: HandRegister) -> None:
    part(till, register, frozen=False)

    ((opening, operator),) = register.branches.epochs
    assert (opening.reason, operator) == ("behind", "")
    till.press("Alt+8")
    assert not room(till).overview.approve.isVisible()


def test_where_nothing_has_parted_no_key_asks_for_a_manager(till: Hands) -> None:
    till.press("Alt+8")
    till.press("A")

    assert room(till).overview.isVisible()
