"""Signed codes at the counter: who may be named by one, when, and how often."""

from datetime import datetime, timedelta, timezone

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, instant_of
from pos_app.domain.money import Fen
from pos_app.domain.tokens import TokenKind
from pos_app.services.basket_pricing import Notice
from pos_app.services.selling import Selling
from tests.support.tokens import MINUTE, SECOND, HandTokens, a_key
from tests.unit.services.test_selling import CASHIER, RICE_CODE, Till


def code(till: Till, tokens: HandTokens, subject: str = "M1", *, ago_s: int = 0, **about: str) -> str:
    issued = Instant(instant_of(till.clock.now()) - ago_s * SECOND)
    return tokens.sign(TokenKind.MEMBER, subject, issued, about=about)


def refused(selling: Selling, text: str) -> Refusal:
    before = selling.view().basket
    with pytest.raises(Refusal) as told:
        selling.scan(text)
    assert selling.view().basket == before
    return told.value


def test_a_code_of_this_minute_names_its_member_and_brings_the_member_price() -> None:
    till = Till()
    selling = till.open()
    selling.scan(RICE_CODE)

    view = selling.scan(code(till, HandTokens()))

    assert view.basket.member is not None
    assert (view.basket.member.name, view.quote.payable) == ("王芳", 6290)


def test_a_member_that_this_register_does_not_have_is_named_all_the_same_and_the_sale_earns() -> None:
    till = Till()
    selling = till.open()
    selling.scan(RICE_CODE)

    view = selling.scan(code(till, HandTokens(), "M-FROM-AFAR", tier="gold"))
    member = view.basket.member
    assert member is not None
    assert (member.id, member.tier) == ("M-FROM-AFAR", "gold")
    assert view.notice == Notice("member_not_here", {"text": "M-FROM-AFAR"})
    selling.complete_with_cash(Fen(10_000), CASHIER)

    (fact,) = till.journal.facts
    assert fact.body["member"]["id"] == "M-FROM-AFAR"


def test_a_code_that_caps_lock_turned_to_lower_case_names_its_member() -> None:
    till = Till()
    member = till.open().scan(code(till, HandTokens()).lower()).basket.member
    assert member is not None
    assert member.id == "M1"


def test_the_question_for_the_member_takes_a_code_too() -> None:
    till = Till()
    member = till.open().set_member(code(till, HandTokens())).basket.member
    assert member is not None
    assert member.id == "M1"


@pytest.mark.parametrize(
    ("ago_s", "said"), [(89, ""), (90, "token_stale"), (3600, "token_stale"), (-31, "token_early")]
)
def test_a_code_is_good_for_its_minute_and_what_a_clock_may_be_off(ago_s: int, said: str) -> None:
    till = Till()
    text = code(till, HandTokens(), ago_s=ago_s)
    if not said:
        assert till.open().scan(text).basket.member is not None
        return
    refusal = refused(till.open(), text)
    assert refusal.code == said
    assert refusal.details in ({"ended_s": ago_s - 60}, {"early_s": -ago_s})


def test_a_coupons_code_that_is_over_says_since_when_by_the_stores_time() -> None:
    till = Till()
    till.clock.at = datetime(2026, 6, 18, 1, 30, tzinfo=timezone(timedelta(hours=8)))
    until = Instant(instant_of(till.clock.now()) - 3 * 24 * 60 * MINUTE)
    text = HandTokens().sign(TokenKind.COUPON, "C9", Instant(until - 9 * MINUTE), lives=9 * MINUTE)

    refusal = refused(till.open(), text)

    assert refusal.code == "token_ended"
    assert refusal.details == {"until": "2026-06-15 01:30"}


def test_a_copy_is_refused_in_another_basket_and_the_code_itself_may_be_scanned_again_in_its_own() -> None:
    till = Till()
    selling, text = till.open(), code(till, HandTokens())
    selling.scan(RICE_CODE)
    selling.scan(text)
    assert selling.scan(text).basket.member is not None
    selling.complete_with_cash(Fen(10_000), CASHIER)

    assert refused(selling, text).code == "token_copied"
    till.clock.turn(timedelta(minutes=5))
    assert refused(selling, text).code == "token_stale"


def test_a_code_is_free_again_where_its_basket_was_thrown_away() -> None:
    till = Till()
    selling, text = till.open(), code(till, HandTokens())
    selling.scan(RICE_CODE)
    selling.scan(text)

    selling.clear()

    assert selling.scan(text).basket.member is not None
    selling.scan(RICE_CODE)
    selling.complete_with_cash(Fen(10_000), CASHIER)
    selling.clear()
    assert refused(selling, text).code == "token_copied"


def test_another_chains_code_names_nobody() -> None:
    till = Till()
    assert refused(till.open(), code(till, HandTokens(a_key(9)))).code == "token_key_unknown"


def test_a_coupon_that_has_not_come_here_is_told_from_one_that_does_not_exist() -> None:
    till = Till()
    text = HandTokens().sign(TokenKind.COUPON, "C9", instant_of(till.clock.now()), lives=9 * MINUTE)
    assert refused(till.open(), text).code == "coupon_not_here"


def test_what_no_counter_takes_yet_is_said() -> None:
    till = Till()
    text = HandTokens().sign(TokenKind.PICK_UP, "O1", instant_of(till.clock.now()))
    assert refused(till.open(), text).code == "token_kind"
