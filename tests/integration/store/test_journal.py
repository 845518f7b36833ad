import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_app.domain.basket import Basket
from pos_app.domain.facts import GENESIS, START, ChainHead, Happening, Position, chain_hash, read_fact
from pos_app.domain.ids import BasketId, OperatorId, Sku
from pos_app.domain.ledger import Pending, PendingEntry, stock_key
from pos_app.store.journal.chain import Verified
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.opening import Beginning
from pos_app.store.journal.reading import JournalReader
from tests.support.small_shop import DAY, DEVICE, OIL, OPENING, RICE, Counter, new_journal, reopened, signed_in, sold


def test_facts_follow_each_other_from_the_beginning(journal: Journal) -> None:
    assert journal.head() == ChainHead(Position(1, 0), GENESIS)

    first, second = sold(journal), signed_in(journal)

    assert (first.position, first.prev) == (Position(1, 1), GENESIS)
    assert (second.position, second.prev) == (Position(1, 2), first.hash)
    assert second.hash == chain_hash(first.hash, second.canonical)
    assert journal.head() == ChainHead(second.position, second.hash)


def test_after_a_restart_the_chain_goes_on_where_it_ended(journal: Journal, tmp_path: Path) -> None:
    last = sold(journal)
    journal.close()

    again = reopened(tmp_path / "journal.db")

    assert again.head() == ChainHead(last.position, last.hash)
    assert sold(again).prev == last.hash
    assert again.verify().facts == 2
    again.close()


def test_a_sale_leaves_its_fact_its_amounts_and_its_receipt_and_takes_the_basket_away(journal: Journal) -> None:
    basket = Basket(BasketId("b1"))
    journal.keep_basket(basket)
    number = journal.next_receipt(DAY)
    pending = [Pending(stock_key(Sku(RICE)), -2000), Pending(stock_key(Sku(OIL)), -1000)]

    fact = journal.append(
        Happening("sale", 1, OPENING.isoformat(), OperatorId("1001"), {"receipt": str(number), "lines": []}),
        pending,
        closes=basket.id,
    )

    assert journal.open_basket() is None
    assert journal.pending_of(stock_key(Sku(RICE))) == [PendingEntry(fact.position, -2000)]
    assert journal.pending_of(stock_key(Sku(OIL))) == [PendingEntry(fact.position, -1000)]
    assert journal.sale_by_receipt(str(number)) == fact
    assert journal.next_receipt(DAY).number == number.number + 1


def test_receipts_count_each_day_from_one_and_a_question_uses_none_up(journal: Journal) -> None:
    sold(journal)
    for _ in range(3):
        assert str(journal.next_receipt(DAY)) == "S001-R1-20260618-0002"
    assert str(journal.next_receipt(DAY + timedelta(days=1))) == "S001-R1-20260619-0001"

    sold(journal)
    signed_in(journal)

    assert journal.next_receipt(DAY).number == 3


def test_a_sale_with_another_receipt_than_the_next_is_a_bug_and_nothing_is_kept(journal: Journal) -> None:
    fact = sold(journal)
    again = Happening("sale", 1, fact.at, fact.operator, fact.body)
    skipping = Happening("sale", 1, fact.at, fact.operator, {**fact.body, "receipt": "S001-R1-20260618-0003"})

    for happening in (again, skipping):
        with pytest.raises(AssertionError, match="next one is S001-R1-20260618-0002"):
            journal.append(happening)

    assert journal.head().position == fact.position
    assert sold(journal).body["receipt"] == "S001-R1-20260618-0002"
    assert journal.verify().facts == 2


def test_a_register_that_was_enrolled_anew_numbers_on_from_what_headquarters_saw(tmp_path: Path) -> None:
    beginning = Beginning(DEVICE, epoch=2, receipts={DAY: 41})

    with closing(new_journal(tmp_path / "journal.db", beginning)) as journal:
        fact = sold(journal)

        assert (fact.position, fact.prev) == (Position(2, 1), GENESIS)
        assert fact.body["receipt"] == "S001-R1-20260618-0042"
        assert journal.verify().facts == 1


def test_the_open_basket_comes_back_as_it_was_last_kept(counter: Counter, tmp_path: Path) -> None:
    counter.selling.scan("6901234567892", times=2)
    counter.selling.scan("6907992500133")
    counter.selling.set_member("13800138000")
    before = counter.selling.view().basket
    counter.close()

    again = Counter(tmp_path)

    assert again.selling.view().basket == before
    assert [line.quantity for line in before.lines] == [2000, 1000]
    again.close()


def test_a_cleared_basket_stays_cleared(counter: Counter, tmp_path: Path) -> None:
    counter.selling.scan("6901234567892")
    counter.selling.clear()

    assert counter.journal.open_basket() is None


def test_of_two_baskets_the_newer_one_is_open(journal: Journal) -> None:
    older, newer = Basket(BasketId("0190-a")), Basket(BasketId("0190-b"), rounding="jiao")
    journal.keep_basket(newer)
    journal.keep_basket(older)

    assert journal.open_basket() == newer


def test_sales_are_found_by_receipt_and_newest_first(journal: Journal) -> None:
    sales = [sold(journal), sold(journal)]
    signed_in(journal)
    sales.append(sold(journal, day=date(2026, 6, 19)))

    assert journal.recent_sales(2) == [sales[2], sales[1]]
    assert journal.sale_by_receipt("s001-r1-20260618-0002") == sales[1]
    for unknown in ("S001-R1-20260618-0003", "S001-R2-20260618-0001", "what?", ""):
        assert journal.sale_by_receipt(unknown) is None


def test_whoever_reads_beside_the_counter_sees_every_fact_and_cannot_write(journal: Journal) -> None:
    with closing(JournalReader(journal.path)) as reader:
        facts = [sold(journal) for _ in range(5)]

        assert reader.device == DEVICE
        assert reader.head() == journal.head()
        stored = reader.after(facts[1].position, 2)
        assert [(each.position, each.canonical, each.hash) for each in stored] == [
            (fact.position, fact.canonical, fact.hash) for fact in facts[2:4]
        ]
        assert reader.after(facts[-1].position, 10) == []
        assert reader.verify().facts == 5
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader._connection.execute("DELETE FROM fact")


def test_a_reader_of_a_journal_at_rest_needs_no_writer(journal: Journal) -> None:
    fact = sold(journal)
    journal.close()

    with closing(JournalReader(journal.path)) as reader:
        assert reader.head().hash == fact.hash


def test_a_happening_that_is_no_document_keeps_nothing(journal: Journal) -> None:
    sold(journal)
    head = journal.head()

    with pytest.raises(TypeError):
        journal.append(Happening("sale", 1, OPENING.isoformat(), OperatorId("1001"), {"amount": 1.5}))
    with pytest.raises(sqlite3.IntegrityError):
        journal.append(
            replace(Happening("note", 1, OPENING.isoformat(), OperatorId("1001"), {})),
            [Pending(stock_key(Sku(RICE)), -1), Pending(stock_key(Sku(RICE)), -1)],
        )

    assert journal.head() == head
    assert journal.verify().facts == 1
    assert sold(journal).prev == head.hash


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
BODIES = st.lists(st.dictionaries(st.text(max_size=8).filter(lambda name: name != "receipt"), JSON), max_size=8)


@settings(max_examples=40, deadline=None)
@given(bodies=BODIES, starts_again=st.sets(st.integers(0, 8)))
def test_whatever_happens_is_kept_byte_for_byte_and_the_chain_holds(
    bodies: list[dict[str, object]], starts_again: set[int]
) -> None:
    with TemporaryDirectory() as folder:
        journal = new_journal(Path(folder) / "journal.db")
        facts = []
        for number, body in enumerate(bodies):
            if number in starts_again:
                journal.close()
                journal = reopened(journal.path)
            facts.append(journal.append(Happening("note", 1, OPENING.isoformat(), OperatorId("1001"), body)))
        with closing(journal), closing(JournalReader(journal.path)) as reader:
            stored = reader.after(START, 100)

            assert reader.verify() == journal.verify() == Verified(len(bodies), journal.head())
        assert [read_fact(each.canonical) for each in stored] == facts
        assert [read_fact(each.canonical).body for each in stored] == bodies
        assert [each.hash for each in stored] == [fact.hash for fact in facts]
