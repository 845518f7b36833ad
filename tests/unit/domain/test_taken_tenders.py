"""Several tenders for one sale, in any order: what remains, what goes back, and that change comes out of cash alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.ids import BasketId, OperatorId, TenderId
from pos_app.domain.money import Fen
from pos_app.domain.taken_tenders import TakenState, TakenTender, standing
from pos_app.domain.tender import TenderKind

KINDS: list[TenderKind] = ["cash", "card", "wechat", "alipay"]


def taken(kind: TenderKind, amount: int, state: TakenState = "paid", own: str = "T1") -> TakenTender:
    return TakenTender(TenderId(own), BasketId("b"), kind, Fen(amount), state, "2026-06-18T10:00:00", OperatorId("1"))


def test_what_remains_is_what_nobody_paid_yet() -> None:
    stands = standing(Fen(6590), [taken("wechat", 4000), taken("card", 590)])

    assert (stands.due, stands.change, stands.over, stands.settled) == (2000, 0, 0, False)
    assert [(each.kind, each.amount, each.change) for each in stands.tenders] == [("wechat", 4000, 0), ("card", 590, 0)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_change_comes_out_of_cash_whatever_the_order(order: tuple[int, ...]) -> None:
    all_three = [taken("cash", 5000), taken("wechat", 3000), taken("cash", 1000)]
    stands = standing(Fen(6590), [all_three[at] for at in order])

    assert (stands.due, stands.change, stands.settled) == (0, 2410, True)
    assert sum(each.amount for each in stands.tenders) == 6590
    assert {each.kind for each in stands.tenders if each.change} == {"cash"}


@pytest.mark.parametrize("state", ["asked", "reversing"])
def test_what_may_not_have_been_charged_pays_nothing(state: TakenState) -> None:
    assert standing(Fen(100), [taken("wechat", 100, state)]).due == 100


def test_more_than_is_due_by_anything_but_cash_must_be_taken_back() -> None:
    stands = standing(Fen(500), [taken("wechat", 600), taken("cash", 50)])

    assert (stands.due, stands.over, stands.change, stands.settled) == (0, 100, 50, False)


def test_a_tender_is_read_as_it_was_written() -> None:
    tender = taken("alipay", 7, "asked")
    assert TakenTender.from_document(tender.document()) == tender


@given(
    payable=st.integers(0, 100_000),
    parts=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 60_000)), max_size=8),
)
def test_it_always_adds_up(payable: int, parts: list[tuple[TenderKind, int]]) -> None:
    stands = standing(Fen(payable), [taken(kind, amount) for kind, amount in parts])

    settled = sum(each.amount for each in stands.tenders)
    received = sum(each.received for each in stands.tenders)
    assert received == sum(amount for _, amount in parts)
    assert received - settled == stands.change == sum(each.change for each in stands.tenders if each.kind == "cash")
    assert settled + stands.due - stands.over == payable
    assert all(each.amount >= 0 and each.change >= 0 for each in stands.tenders)
