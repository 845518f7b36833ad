"""What other registers gave: in their order, never two branches, and forgotten once headquarters has it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import GENESIS, START, ChainHead, Fact, Happening, Position, next_fact
from pos_app.domain.ids import DeviceId, OperatorId, Sku
from pos_app.domain.ledger import stock_key
from pos_app.store.peers.shelf import PeerReader, PeerShelf
from sync.client.giving import Giving
from sync.client.lan import Message, Speaker
from sync.protocol.stream import Given, StoredFact

OWNER = DeviceId("S001-R1")
AT = "2026-06-18T10:00:00+08:00"


def chain(count: int, *, word: str = "", device: DeviceId = OWNER) -> list[Fact]:
    """Some sales of a bag of rice each."""
    head, facts = ChainHead(Position(1, 0), GENESIS), []
    for number in range(count):
        body = {"note": f"{word}{number}", "lines": [{"sku": "RICE5", "quantity": 1000}]}
        facts.append(next_fact(device, head, Happening("sale", 1, AT, OperatorId("1001"), body)))
        head = ChainHead(facts[-1].position, facts[-1].hash)
    return facts


def given(facts: Sequence[Fact], acked: Position = START) -> Given:
    return Given(OWNER, acked, "signed", facts)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[PeerShelf]:
    shelf = PeerShelf(tmp_path / "peers.db")
    yield shelf
    shelf.close()


def test_what_was_given_is_there_byte_for_byte_and_given_again_changes_nothing(
    shelf: PeerShelf, tmp_path: Path
) -> None:
    facts = chain(5)

    assert shelf.keep(given(facts[:3])) == Position(1, 3)
    assert shelf.keep(given(facts[1:5])) == Position(1, 5)
    assert shelf.keep(given(facts[:2])) == Position(1, 5)

    reader = PeerReader(tmp_path / "peers.db")
    first, second = reader.next_of(OWNER, START), reader.next_of(OWNER, Position(1, 3))
    assert first is not None
    assert second is not None
    assert [fact.canonical for fact in (*first.facts, *second.facts)] == [fact.canonical for fact in facts]
    pending = shelf.pending_of(stock_key(Sku("RICE5")))[OWNER]
    assert sorted(entry.position.seq for entry in pending) == [1, 2, 3, 4, 5]


def test_a_gap_is_not_kept_but_where_headquarters_has_what_is_before(shelf: PeerShelf) -> None:
    facts = chain(9)

    assert shelf.keep(given(facts[4:])) == START
    assert shelf.keep(given(facts[4:6], acked=Position(1, 4))) == Position(1, 6)
    assert shelf.keep(given(facts[7:], acked=Position(1, 4))) == Position(1, 6)


def test_another_branch_is_refused_and_the_first_stays(shelf: PeerShelf, tmp_path: Path) -> None:
    facts, others = chain(3), chain(4, word="restored")
    shelf.keep(given(facts))

    for branch in (others, others[3:]):
        with pytest.raises(Refusal, match="peer_chain_parted"):
            shelf.keep(given(branch))

    kept = PeerReader(tmp_path / "peers.db").next_of(OWNER, START)
    assert kept is not None
    assert list(kept.facts) == facts


def test_what_headquarters_has_goes(shelf: PeerShelf, tmp_path: Path) -> None:
    facts = chain(4)
    shelf.keep(given(facts[:2]))
    shelf.keep(given(facts[2:]))

    shelf.keep(given((), acked=Position(1, 3)))

    reader = PeerReader(tmp_path / "peers.db")
    left = reader.next_of(OWNER, reader.owners()[OWNER])
    assert left is not None
    assert list(left.facts) == facts[3:]


def test_a_file_of_another_release_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "peers.db"
    shelf = PeerShelf(path)
    shelf.keep(given(chain(2)))
    shelf._connection.execute("PRAGMA user_version = 99")
    shelf.close()

    again = PeerShelf(path)
    assert again.kept(OWNER) == START
    again.close()


class Mute:
    """A register with nothing to give."""

    def standing(self) -> None:
        return None

    def after(self, _position: Position, _limit: int) -> Sequence[StoredFact]:
        return ()

    def sign(self, _head: ChainHead) -> str:
        return ""


def signed(fact: Fact) -> str:
    return f"{fact.position.epoch} {fact.position.seq} {fact.hash.hex()} 00"


def lines(facts: Sequence[Fact]) -> list[str]:
    return [fact.canonical.decode() for fact in facts]


def question(facts: Sequence[Fact], head: str) -> Message:
    return {"ask": "keep", "acked": [0, 0], "signed": head, "facts": lines(facts)}


def test_only_one_piece_of_the_askers_own_chain_is_taken(shelf: PeerShelf) -> None:
    heard: list[None] = []
    giving = Giving(Speaker("S001-R2", bytes(32)), Mute(), shelf, lambda: heard.append(None))
    facts, foreign = chain(3), chain(3, device=DeviceId("S001-R3"))
    wrong = [
        question(foreign, signed(foreign[-1])),
        question([facts[0], facts[2]], signed(facts[2])),
        question(facts, signed(facts[1])),
        question(facts, "1 3"),
        question([facts[0], chain(2, word="other")[1]], signed(chain(2, word="other")[1])),
    ]

    for each in wrong:
        with pytest.raises(Refusal, match="facts_not_in_order"):
            giving.take(OWNER, each)
    with pytest.raises(Refusal, match="fact_unreadable"):
        giving.take(OWNER, {**question(facts, signed(facts[-1])), "facts": ["{}"]})

    assert (shelf.kept(OWNER), heard) == (START, [])
    assert giving.take(OWNER, question(facts, signed(facts[-1]))) == {"kept": [1, 3]}
    assert heard == [None]
