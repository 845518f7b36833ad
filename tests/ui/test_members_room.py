"""The members room as an associate uses it: who is it, what do they have, and into the basket."""

from dataclasses import replace

import pytest

from pos_app.domain.ids import MemberId
from pos_app.domain.instants import instant_of
from pos_app.domain.tokens import TokenKind
from pos_app.ui.rooms.members.room import MembersRoom
from tests.support.bought import bought
from tests.support.hands import Hands
from tests.support.promoted import GOLD, GOLD_PHONE, RICE_5KG, promoted_register
from tests.support.till import CASHIER, PIN, HandRegister
from tests.ui.conftest import OpenWindow

MASKED = "138****2233"


@pytest.fixture
def shop(open_window: OpenWindow) -> tuple[Hands, HandRegister]:
    register = promoted_register()
    hands = open_window(register)
    hands.type(CASHIER)
    hands.press("Enter")
    hands.type(PIN)
    hands.press("Enter")
    hands.press("Alt+3")
    return hands, register


def room(hands: Hands) -> MembersRoom:
    (found,) = hands.window.findChildren(MembersRoom)
    return found


def look_for(hands: Hands, typed: str) -> None:
    """Type it, and wait until the list is there."""
    hands.type(typed)
    hands.until(lambda: not room(hands)._pause.isActive())
    hands.rest()


def names(hands: Hands) -> list[str]:
    return [member.name for member in room(hands).rows.rows_model.rows]


def test_the_end_of_a_phone_tells_who_it_is(shop: tuple[Hands, HandRegister]) -> None:
    hands, _ = shop
    look_for(hands, "2233")

    assert names(hands) == ["周海燕"]
    view = room(hands).view
    assert (view.name.words, view.tier.words) == ("周海燕", "金卡")
    assert MASKED in view.phone.words


def test_several_are_told_apart_and_chosen_by_the_arrows(shop: tuple[Hands, HandRegister]) -> None:
    hands, register = shop
    other = replace(register.replica.members[0], id=MemberId("M-X"), name="周大海", phone="13911112233", card="")
    register.replica.members.append(other)
    look_for(hands, "2233")

    found = names(hands)
    assert found == ["周海燕", "周大海"]
    assert room(hands).view.name.words == found[0]
    hands.press("↓")
    assert room(hands).view.name.words == found[1]
    shown = [room(hands).rows.rows_model.data(room(hands).rows.rows_model.index(row, 2)) for row in range(len(found))]
    phones = [member.phone for member in register.replica.members if member.name in found]
    assert not any(phone in said for phone in phones for said in shown)


def test_coupons_say_what_they_are_good_for_the_nearest_end_first(shop: tuple[Hands, HandRegister]) -> None:
    hands, _ = shop
    look_for(hands, GOLD_PHONE)

    model = room(hands).view.coupons.rows_model
    said = [tuple(model.data(model.index(row, column)) for column in range(3)) for row in range(len(model.rows))]
    assert said == [
        ("新客 9 折券", "减 10%，最多减 ¥20.00", "至 2026-06-30 00:00"),
        ("5 元粮油券", "满 ¥30.00 减 ¥5.00", "至 2026-07-01 00:00"),
        ("1 元换酱油", "¥1.00 换购一件", "长期有效"),
    ]


def test_one_key_takes_the_member_into_the_basket(shop: tuple[Hands, HandRegister]) -> None:
    hands, _ = shop
    look_for(hands, "2233")
    hands.press("F9")

    assert hands.window.checkout.isVisible()
    assert "周海燕" in hands.window.checkout.basket.member.words


def test_the_phone_is_shown_for_a_reason_and_that_is_recorded(shop: tuple[Hands, HandRegister]) -> None:
    hands, register = shop
    look_for(hands, "2233")
    hands.press("F6")
    hands.press("1")

    assert GOLD_PHONE in room(hands).view.phone.words
    (fact,) = [fact for fact in register.journal.facts if fact.kind == "member_looked_at"]
    assert (fact.operator, fact.body["member"], fact.body["reason"]) == (CASHIER, GOLD, "核对身份")
    assert GOLD_PHONE.encode() not in fact.canonical


def test_who_goes_on_leaves_nothing_unmasked(shop: tuple[Hands, HandRegister]) -> None:
    hands, _ = shop
    look_for(hands, "2233")
    hands.press("F6")
    hands.press("2")
    hands.press("Alt+1")
    hands.press("Alt+3")

    assert MASKED in room(hands).view.phone.words


def test_without_a_reason_it_stays_masked(shop: tuple[Hands, HandRegister]) -> None:
    hands, register = shop
    look_for(hands, "2233")
    hands.press("F6")
    hands.press("Enter")
    hands.press("Esc")

    assert MASKED in room(hands).view.phone.words
    assert [fact.kind for fact in register.journal.facts] == ["signed_in"]


def test_a_signed_code_shows_its_member_and_is_still_good_in_the_basket(shop: tuple[Hands, HandRegister]) -> None:
    hands, register = shop
    code = register.tokens.sign(TokenKind.MEMBER, GOLD, instant_of(register.clock.now()))
    hands.scan(code)

    assert room(hands).view.name.words == "周海燕"
    hands.press("Alt+1")
    hands.scan(code)
    assert "周海燕" in hands.window.checkout.basket.member.words


def test_goods_that_are_scanned_here_land_in_the_basket(shop: tuple[Hands, HandRegister]) -> None:
    hands, _ = shop
    hands.scan(RICE_5KG)

    assert hands.window.checkout.isVisible()
    assert hands.window.checkout.basket.total.value == "¥65.90"


def test_without_a_line_it_says_why_points_stay(shop: tuple[Hands, HandRegister]) -> None:
    hands, register = shop

    register.tell(replace(register.line, online=False))
    register.line = replace(register.line, online=False)
    look_for(hands, "2233")

    view = room(hands).view
    assert view.spendable.value == "0"
    assert view.confirmed.value != "0"
    assert view.why.words == "离线时只能用租给本机的积分"


def test_a_customer_becomes_a_member_by_keys_and_earns_at_once(shop: tuple[Hands, HandRegister]) -> None:
    hands, register = shop
    look_for(hands, "13912345678")
    hands.press("F7")
    hands.type("Lin Xiaoman")
    hands.press("Enter")
    hands.type("6")
    hands.press("F8")
    hands.press("F9")

    page = room(hands).welcome
    assert page.isVisible()
    (fact,) = [fact for fact in register.journal.facts if fact.kind == "member_registered"]
    assert {name: fact.body[name] for name in ("name", "phone", "birth_month", "consent")} == {
        "name": "Lin Xiaoman",
        "phone": "13912345678",
        "birth_month": 6,
        "consent": "2026-11",
    }
    assert page.code.text == fact.body["member"]
    hands.press("F9")
    assert "Lin Xiaoman" in hands.window.checkout.basket.member.words
    hands.press("Alt+3")
    hands.scan(page.code.text)
    assert room(hands).view.name.words == "Lin Xiaoman"
    assert "待总部确认" in room(hands).view.phone.words


@pytest.mark.parametrize(
    ("phone", "agrees", "said", "focus"),
    [
        ("1391234567", True, "不是手机号", "phone"),
        (GOLD_PHONE, True, "已是会员：周海燕", "phone"),
        ("13912345678", False, "先征得顾客同意", ""),
    ],
)
def test_what_is_wrong_in_the_form_is_said_there_and_nothing_is_lost(
    shop: tuple[Hands, HandRegister], *, phone: str, agrees: bool, said: str, focus: str
) -> None:
    hands, register = shop
    hands.press("F7")
    hands.type("Lin")
    hands.press("Enter")
    hands.type(phone)
    if agrees:
        hands.press("F8")
    hands.press("F9")

    form = room(hands).form
    assert said in form.said.words
    assert form.fields["name"].text() == "Lin"
    assert not focus or form.fields[focus].hasFocus()
    assert "member_registered" not in [fact.kind for fact in register.journal.facts]


@pytest.fixture
def known(shop: tuple[Hands, HandRegister]) -> tuple[Hands, HandRegister]:
    """The member whose card is open bought in several channels."""
    hands, register = shop
    register.replica.purchases[GOLD] = bought()
    look_for(hands, "2233")
    hands.until(lambda: bool(heads(hands)))
    return hands, register


def heads(hands: Hands) -> list[str]:
    model = room(hands).view.timeline.rows.rows_model
    return [str(model.data(model.index(row, 0))) for row in range(len(model.rows))]


def test_all_channels_are_one_list_with_the_registers_own_sales(known: tuple[Hands, HandRegister]) -> None:
    hands, _ = known
    hands.press("F9")
    hands.scan(RICE_5KG)
    hands.press("+")
    hands.press("Enter")
    hands.press("Alt+3")

    assert heads(hands) == [
        "2026-06-18 10:42 门店·销售",
        "2026-06-14 10:42 App·订单",
        "2026-06-06 10:42 门店·退货",
        "2026-05-16 10:42 门店·销售",
        "2026-04-19 10:42 小程序·服务记录",
        "2026-03-15 10:42 门店·销售",
    ]
    rows = room(hands).view.timeline.rows.rows_model.rows
    assert [row.confirmed for row in rows] == [False] + [True] * 5


def test_the_list_is_narrowed_by_channel_goods_and_period(known: tuple[Hands, HandRegister]) -> None:
    hands, _ = known

    hands.press("F8")
    assert heads(hands) == ["2026-06-14 10:42 App·订单"]
    hands.press("F8")
    assert len(heads(hands)) == 3
    hands.press("F8")
    hands.press("F8")
    assert len(heads(hands)) == 5
    hands.press("F3")
    assert len(heads(hands)) == 2
    hands.press("F3")
    assert len(heads(hands)) == 4
    hands.press("F10")
    assert len(heads(hands)) == 2
    assert room(hands).view.timeline.category.text() == "品类：米面"


def test_a_receipt_opens_and_the_arrows_go_on(known: tuple[Hands, HandRegister]) -> None:
    hands, _ = known
    hands.press("F4")

    page = room(hands).pages.purchase
    assert page.isVisible()
    assert (page.title.words, page.total.words) == ("App·订单", "¥91.70")
    hands.press("↓")
    assert (page.title.words, page.total.words) == ("门店·退货", "-¥25.80")
    hands.press("Esc")
    assert not page.isVisible()


def test_the_usual_goes_into_the_basket_and_what_cannot_is_said(known: tuple[Hands, HandRegister]) -> None:
    hands, _ = known
    assert room(hands).view.timeline.usual.words == "常购：五常稻花香大米 5kg（4 天前）、停产的米 1kg（33 天前）"

    hands.press("F11")

    basket = hands.window.checkout.basket
    assert basket.isVisible()
    assert [row.line.sku for row in basket.lines.rows_model.rows] == ["RICE-WC-5KG"]
    assert "周海燕" in basket.member.words
    message = hands.window.toast.message
    assert message is not None
    assert "停产的米 1kg" in message.text
