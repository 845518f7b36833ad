"""The open basket in the file is the basket, whatever was done to it before; and a change writes its own rows alone."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from pos_app.domain.basket import Basket
from pos_app.domain.catalog import FoundProduct, Product
from pos_app.domain.ids import BasketId, MemberId, Sku
from pos_app.domain.members import Member
from pos_app.domain.money import Fen
from pos_app.domain.quantity import Quantity
from pos_app.store.journal.basket_rows import read_basket
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.opening import connect_to_read
from tests.support.small_shop import reopened

STEPS = 300
MANY = 200


def found(number: int) -> FoundProduct:
    return FoundProduct(Product(sku=Sku(f"G{number}"), name=f'大米"{number}', unit="袋"), Quantity(1000), f"69{number}")


def basket_of(lines: int, name: str = "b1") -> Basket:
    basket = Basket(BasketId(name))
    for number in range(lines):
        basket, _ = basket.with_found(found(number))
    return basket


def in_the_file(journal: Journal) -> Basket | None:
    """What another connection reads: nothing that the writer only remembers."""
    with closing(connect_to_read(journal.path)) as connection:
        kept = read_basket(connection)
    return None if kept is None else kept.basket


def rows_written(journal: Journal, verb: Callable[[], object]) -> int:
    before = journal.reading().total_changes
    verb()
    return journal.reading().total_changes - before


def test_after_any_changes_the_file_has_the_basket(journal: Journal) -> None:
    random = Random(7)
    basket = Basket(BasketId("b1"))
    changes: list[Callable[[Basket], Basket]] = [
        lambda now: now.with_found(found(random.randrange(9)))[0],
        lambda now: now.with_quantity(now.lines[0].line, 3000) if now.lines else now,
        lambda now: now.without(random.choice(now.lines).line) if len(now.lines) > 3 else now,
        lambda now: now.with_manual_price(now.lines[-1].line, Fen(5), "dented") if now.lines else now,
        lambda now: now.with_member(Member(MemberId("M1"), "李", "gold", "138", "C1", ("kids",))),
        # the next customer's; ids are made in order of time
        lambda now: Basket(BasketId(f"b{int(now.id[1:]) + 1}")),
    ]

    for _ in range(STEPS):
        now = random.choices(changes, (8, 4, 2, 1, 1, 1))[0](basket)
        if now.id != basket.id:
            journal.drop_basket(basket.id)
        journal.keep_basket(now)
        basket = now

        assert in_the_file(journal) == basket


def test_a_basket_that_another_was_kept_after_is_written_whole_again(journal: Journal) -> None:
    first, second = basket_of(5, "b1"), basket_of(2, "b0")
    journal.keep_basket(first)
    journal.keep_basket(second)
    shorter = first.without(2)

    journal.keep_basket(shorter)

    assert in_the_file(journal) == shorter


def test_a_line_writes_itself_and_the_head_however_long_the_basket_is(journal: Journal) -> None:
    long = basket_of(MANY)
    journal.keep_basket(long)

    longer, number = long.with_found(found(MANY))
    assert rows_written(journal, lambda: journal.keep_basket(longer)) == 2
    more = longer.with_quantity(number, 5000)
    assert rows_written(journal, lambda: journal.keep_basket(more)) == 1
    assert rows_written(journal, lambda: journal.keep_basket(more.without(7))) == 1
    assert rows_written(journal, lambda: journal.keep_basket(more.without(7))) == 0


def test_a_basket_taken_up_after_a_restart_goes_on_a_line_at_a_time(journal: Journal) -> None:
    journal.keep_basket(basket_of(MANY))
    journal.close()

    with closing(reopened(journal.path)) as again:
        basket = again.open_basket()
        assert basket == basket_of(MANY)
        longer, _ = basket.with_found(found(MANY))
        assert rows_written(again, lambda: again.keep_basket(longer)) == 2
        assert in_the_file(again) == longer


def test_what_could_not_be_kept_is_kept_the_next_time(journal: Journal) -> None:
    journal.keep_basket(basket_of(3))
    refusing = "CREATE TRIGGER no_room BEFORE INSERT ON basket_line BEGIN SELECT RAISE(ABORT, 'no room'); END"
    journal.reading().execute(refusing)
    longer = basket_of(5)

    with pytest.raises(sqlite3.IntegrityError, match="no room"):
        journal.keep_basket(longer)
    journal.reading().execute("DROP TRIGGER no_room")
    journal.keep_basket(longer)

    assert in_the_file(journal) == longer


def test_with_its_basket_every_line_goes(journal: Journal, tmp_path: Path) -> None:
    journal.keep_basket(basket_of(4))

    journal.drop_basket(BasketId("b1"))

    assert journal.reading().execute("SELECT count(*) FROM basket_line").fetchone() == (0,)
    journal.keep_basket(basket_of(4))
    assert in_the_file(journal) == basket_of(4)
