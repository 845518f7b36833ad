"""Compaction: what headquarters has had for a season leaves the journal, and what is left still proves itself."""

from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.domain.branches import read_compaction
from pos_app.domain.errors import FileDamaged
from pos_app.domain.facts import START, ChainHead, Position
from pos_app.store.journal import compacting
from pos_app.store.journal.chain import read_checkpoint
from pos_app.store.journal.compacting import KEPT_FOR, Compacting
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.reading import JournalReader
from sync.protocol.signatures import new_key, sign_head, verify_head
from tests.support.small_shop import DAY, DEVICE, OPENING, new_journal, reopened, signed_in, sold

KEY = new_key()
LATER = OPENING + KEPT_FOR + timedelta(days=1)
EVERYTHING = Position(9, 0)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Forty sales and sign-ins of one day, nothing pending."""
    monkeypatch.setattr(compacting, "KEPT_FACTS", 5)
    monkeypatch.setattr(compacting, "FACTS_A_STEP", 7)
    journal = new_journal(tmp_path / "journal.db")
    for _ in range(20):
        signed_in(journal)
        sold(journal)
    with journal.writing() as connection:
        connection.execute("DELETE FROM pending")
    return journal


def sign(head: ChainHead) -> str:
    return sign_head(DEVICE, head, KEY)


def compact(journal: Journal, acknowledged: Position = EVERYTHING, *, days: int = 0) -> int:
    """Let it run to its end; tell how many steps it took."""
    chore = Compacting(journal, sign)
    steps = 0
    while chore.step(acknowledged, LATER + timedelta(days=days)):
        steps += 1
    return steps


def kept(journal: Journal) -> int:
    return int(journal.reading().execute("SELECT count(*) FROM fact").fetchone()[0])


def test_old_facts_go_in_small_steps_and_the_rest_verifies_from_the_checkpoint(journal: Journal) -> None:
    head = journal.head()

    assert compact(journal) == 5

    assert kept(journal) == 5 + 1
    checkpoint = read_checkpoint(journal.reading())
    assert checkpoint.position == Position(1, 35)
    assert journal.verify().facts == 6
    last = journal.reading().execute("SELECT max(seq) FROM fact").fetchone()
    assert last == (head.position.seq + 1,)


def test_the_checkpoint_is_signed_and_the_chain_says_so_too(journal: Journal) -> None:
    compact(journal)

    reader = JournalReader(journal.path)
    through = verify_head(reader.signed_checkpoint(), DEVICE, KEY.public_key())
    (said,) = [fact for fact in reader.after(START, 100) if b"journal_compacted" in fact.canonical]
    reader.close()
    assert through == read_checkpoint(journal.reading())
    from pos_app.domain.facts import read_fact  # noqa: PLC0415 — beside what it reads

    assert read_compaction(read_fact(said.canonical)) == through


def test_what_headquarters_has_not_acknowledged_stays(journal: Journal) -> None:
    compact(journal, Position(1, 12))

    assert read_checkpoint(journal.reading()).position == Position(1, 7)
    assert kept(journal) == 33 + 1


def test_what_is_young_stays_and_all_behind_it(journal: Journal) -> None:
    assert Compacting(journal, sign).step(EVERYTHING, OPENING + KEPT_FOR) is False
    assert kept(journal) == 40


def test_what_amounts_hang_on_stays_and_all_behind_it(journal: Journal) -> None:
    with journal.writing() as connection:
        connection.execute("INSERT INTO pending (topic, key, epoch, seq, delta) VALUES ('stock', 'A', 1, 10, -1)")

    compact(journal)

    assert read_checkpoint(journal.reading()).position == Position(1, 7)


def test_too_few_to_make_a_step_stay_and_nothing_is_said(journal: Journal) -> None:
    compact(journal)
    head = journal.head()

    assert compact(journal, days=400) == 0
    assert journal.head() == head


def test_the_newest_stay_in_any_case(journal: Journal) -> None:
    compact(journal)
    compact(journal, days=400)

    assert kept(journal) >= 5
    assert journal.head().position.seq >= 41


def test_it_goes_on_selling_and_the_next_season_goes_too(journal: Journal) -> None:
    compact(journal)
    for _ in range(10):
        sold(journal)
    with journal.writing() as connection:
        connection.execute("DELETE FROM pending")

    compact(journal, days=100)

    assert read_checkpoint(journal.reading()).position > Position(1, 40)
    journal.verify()
    path = journal.path
    journal.close()
    again = reopened(path)
    assert again.next_receipt(DAY).number == 31
    again.close()


def test_receipts_of_days_that_are_gone_go_and_the_rest_has_no_gap(journal: Journal) -> None:
    compact(journal, Position(1, 21))
    assert journal.next_receipt(DAY).number == 21
    journal.verify()

    compact(journal)

    assert journal.next_receipt(DAY).number == 21
    journal.verify()


def test_an_opened_journal_whose_checkpoint_was_changed_is_found_out(journal: Journal) -> None:
    compact(journal)
    with journal.writing() as connection:
        forged = sign(ChainHead(Position(1, 35), bytes(32)))
        connection.execute("UPDATE meta SET value = ? WHERE key = 'checkpoint'", (forged,))

    with pytest.raises(FileDamaged, match="journal_chain_broken"):
        journal.verify()
    path = journal.path
    journal.close()
    with pytest.raises(FileDamaged, match="journal_chain_broken"):
        reopened(path)


def test_a_checkpoint_that_is_rust_is_named(journal: Journal) -> None:
    compact(journal)
    with journal.writing() as connection:
        connection.execute("UPDATE meta SET value = 'rust' WHERE key = 'checkpoint'")

    with pytest.raises(FileDamaged, match="checkpoint"):
        journal.verify()
