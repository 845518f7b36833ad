"""Lines in their places: what the signed head and the next line say decides, not what a damaged line says of itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import GENESIS, ChainHead, Fact, Happening, Position, next_fact
from pos_app.domain.ids import DeviceId, OperatorId
from sync.hq.facts.batch import DAMAGED, UNREADABLE, read_batch, split_lines
from sync.hq.facts.chain import compare

DEVICE = "S001-R1"


def chain(length: int, after: ChainHead | None = None, word: str = "no.") -> list[Fact]:
    head = after or ChainHead(Position(1, 0), GENESIS)
    facts = []
    for number in range(length):
        happening = Happening(
            "device_note", 1, "2026-06-18T08:00:00+08:00", OperatorId("1"), {"note": f"{word} {number}"}
        )
        facts.append(next_fact(DeviceId(DEVICE), head, happening))
        head = head_of(facts)
    return facts


def head_of(facts: list[Fact]) -> ChainHead:
    return ChainHead(facts[-1].position, facts[-1].hash)


@given(length=st.integers(1, 12), data=st.data())
def test_one_damaged_line_leaves_all_others_sound_and_in_place(length: int, data: st.DataObject) -> None:
    facts = chain(length)
    lines = [fact.canonical for fact in facts]
    victim = data.draw(st.integers(0, length - 1))
    at = data.draw(st.integers(0, len(lines[victim]) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte not in {lines[victim][at], 10}))
    lines[victim] = lines[victim][:at] + bytes([other]) + lines[victim][at + 1 :]

    arrived = read_batch(DEVICE, lines, head_of(facts))

    assert [line.position for line in arrived] == [fact.position for fact in facts]
    assert [index for index, line in enumerate(arrived) if line.trouble] == [victim]
    assert [line.hash for line in arrived] == [fact.hash for fact in facts]
    assert [line.canonical for line in arrived] == lines
    assert compare(ChainHead(Position(0, 0), GENESIS), {}, arrived, granted_epoch=1).kind == "follows"


@given(lines=st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line), min_size=1, max_size=8))
def test_rubbish_alone_is_kept_in_the_places_that_the_head_names(lines: list[bytes]) -> None:
    head = ChainHead(Position(3, 40), b"\1" * 32)

    arrived = read_batch(DEVICE, lines, head)

    assert [line.position.seq for line in arrived] == list(range(41 - len(lines), 41))
    assert {line.trouble for line in arrived} == {UNREADABLE}
    assert arrived[-1].hash == head.hash


def test_two_damaged_neighbours_leave_the_rest_sound() -> None:
    facts = chain(5)
    lines = [fact.canonical for fact in facts]
    lines[1], lines[2] = b"rubbish", lines[2].replace(b"no. 2", b"no. 9")

    arrived = read_batch(DEVICE, lines, head_of(facts))

    assert [line.trouble for line in arrived] == ["", UNREADABLE, DAMAGED, "", ""]


def test_lines_that_changed_places_are_refused() -> None:
    facts = chain(3)
    lines = [facts[1].canonical, facts[0].canonical, facts[2].canonical]

    with pytest.raises(Refusal) as refused:
        read_batch(DEVICE, lines, head_of(facts))

    assert refused.value.code == "batch_not_in_order"


def test_a_head_before_the_first_place_is_refused() -> None:
    facts = chain(3)

    with pytest.raises(Refusal) as refused:
        read_batch(DEVICE, [fact.canonical for fact in facts], head_of(facts[:2]))

    assert refused.value.code == "batch_not_in_order"


@pytest.mark.parametrize(
    ("body", "lines"),
    [(b"a\nb\n", [b"a", b"b"]), (b"a\nb", [b"a", b"b"]), (b"a\n\nb\n", [b"a", b"", b"b"]), (b"\n", [b""])],
)
def test_lines_are_split_at_newlines_alone(body: bytes, lines: list[bytes]) -> None:
    assert split_lines(body) == lines


def verdict(have: list[Fact], sent: list[Fact], *, granted: int = 1) -> tuple[str, list[int]]:
    head = head_of(have) if have else ChainHead(Position(0, 0), GENESIS)
    known = {fact.position: fact.hash for fact in have}
    arrived = read_batch(DEVICE, [fact.canonical for fact in sent], head_of(sent))
    said = compare(head, known, arrived, granted_epoch=granted)
    return said.kind, [line.position.seq for line in said.lines]


@given(have=st.integers(0, 8), first=st.integers(0, 8), count=st.integers(1, 8))
def test_of_an_honest_chain_just_what_is_missing_is_new(have: int, first: int, count: int) -> None:
    facts = chain(first + count)
    all_of_it = chain(max(have, first + count))

    kind, new = verdict(all_of_it[:have], facts[first:])

    if first > have:
        assert (kind, new) == ("gap", [])
    else:
        assert (kind, new) == ("follows", list(range(have + 1, first + count + 1)))


@given(common=st.integers(0, 5), mine=st.integers(1, 4), theirs=st.integers(1, 4))
def test_branches_are_a_fork_wherever_they_part(common: int, mine: int, theirs: int) -> None:
    trunk = chain(common)
    after = head_of(trunk) if trunk else None
    have, sent = trunk + chain(mine, after, "mine"), trunk + chain(theirs, after, "theirs")

    kind, branch = verdict(have, sent)

    assert (kind, branch) == ("fork", list(range(common + 1, common + theirs + 1)))


def test_a_new_epoch_begins_with_an_empty_journal_or_behind_the_last() -> None:
    old = chain(3)
    fresh = chain(2, ChainHead(Position(2, 0), GENESIS))
    lived_on = chain(2, ChainHead(Position(2, 0), old[-1].hash))

    assert verdict(old, fresh, granted=2) == ("follows", [1, 2])
    assert verdict(old, lived_on, granted=2) == ("follows", [1, 2])
    assert verdict(old, chain(2, ChainHead(Position(2, 0), b"\5" * 32)), granted=2)[0] == "fork"
    assert verdict(old, fresh[1:], granted=2) == ("gap", [])


def test_an_epoch_that_was_not_granted() -> None:
    with pytest.raises(Refusal) as refused:
        verdict([], chain(1, ChainHead(Position(2, 0), GENESIS)))

    assert refused.value.code == "epoch_unknown"
