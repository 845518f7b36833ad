"""The rows of the basket: only what differs from the answer before is made anew."""

from functools import partial

import pytest

from pos_app.domain.basket import MAX_LINES
from pos_app.services.selling import Selling
from pos_app.ui.rooms.checkout.ringing import Ringing, Rung
from tests.support.till import HandRegister


@pytest.fixture
def codes(register: HandRegister) -> list[str]:
    return [product.barcodes[0].code for product in register.replica.products if product.barcodes]


@pytest.fixture
def selling(register: HandRegister) -> Selling:
    counter = register.open()
    assert counter is not None
    return counter.selling


def rung(ringing: Ringing, selling: Selling, codes: list[str]) -> Rung:
    return [ringing.ring(partial(selling.scan, code)) for code in codes][-1]


def test_a_scan_makes_its_own_row_alone(selling: Selling, codes: list[str]) -> None:
    ringing = Ringing()
    before = rung(ringing, selling, codes[:20])

    after = ringing.ring(lambda: selling.scan(codes[20]))

    assert (len(after.rows), after.row) == (21, 20)
    assert all(new is old for new, old in zip(after.rows, before.rows, strict=False))


def test_a_second_piece_makes_its_row_anew_and_a_removed_line_moves_those_below_it(
    selling: Selling, codes: list[str]
) -> None:
    ringing = Ringing()
    before = rung(ringing, selling, codes[:5])

    second = ringing.ring(lambda: selling.scan(codes[1]))
    assert [new is old for new, old in zip(second.rows, before.rows, strict=True)] == [True, False, True, True, True]
    assert (second.row, second.rows[1].pieces, second.pieces) == (1, 2, 6)

    less = ringing.ring(lambda: selling.remove(second.rows[1].line.line))
    assert [row.at for row in less.rows] == [1, 2, 3, 4]
    assert less.rows[0] is before.rows[0]
    assert [row.line for row in less.rows[1:]] == [row.line for row in before.rows[2:]]


def test_the_sums_are_those_of_the_rows(selling: Selling, register: HandRegister, codes: list[str]) -> None:
    ringing = Ringing()
    shown = rung(ringing, selling, codes[: MAX_LINES // 10])
    member = ringing.ring(lambda: selling.set_member(register.replica.members[0].id))

    for each in (shown, member):
        assert each.pieces == sum(row.pieces for row in each.rows) == len(each.rows)
        assert each.payable == sum(row.quoted.net for row in each.rows)
        below = [row.shelf.was - row.quoted.unit_price for row in each.rows if row.shelf.was is not None]
        assert each.below_base == sum(each for each in below if each > 0)
    assert member.below_base > shown.below_base


def test_the_next_customers_rows_are_none_of_the_last_ones(selling: Selling, codes: list[str]) -> None:
    ringing = Ringing()
    before = rung(ringing, selling, codes[:2])
    ringing.ring(selling.clear)

    after = rung(ringing, selling, codes[:2])

    assert all(new is not old for new, old in zip(after.rows, before.rows, strict=True))
