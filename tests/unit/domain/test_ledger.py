"""Confirmed base and own pending entries: what a register sees at any moment between the two."""

from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.facts import Position
from pos_app.domain.ids import DeviceId
from pos_app.domain.ledger import Applied, ConfirmedAmount, PendingEntry

_ME = DeviceId("S001-R1")
_OTHER = DeviceId("S001-R2")


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.integers(-5000, 5000), max_size=30),
    st.data(),
)
def test_the_view_is_the_same_whatever_part_headquarters_has_applied(
    opening: int, deltas: list[int], data: st.DataObject
) -> None:
    entries = [PendingEntry(Position(1, number), delta) for number, delta in enumerate(deltas, 1)]
    through = data.draw(st.integers(0, len(entries)))
    quarantined = data.draw(st.sets(st.integers(1, through), max_size=3)) if through else set[int]()
    missing = frozenset(Position(1, number) for number in quarantined)
    applied = Applied(Position(1, through), missing)
    base = opening + sum(entry.delta for entry in entries if applied.contains(entry.position))
    confirmed = ConfirmedAmount(base, {_ME: applied, _OTHER: Applied(Position(4, 99))})
    assert confirmed.seen_by(_ME, entries) == opening + sum(deltas)


def test_a_later_epoch_is_behind_every_fact_of_an_earlier_one() -> None:
    applied = Applied(Position(2, 1))
    assert applied.contains(Position(1, 500))
    assert not applied.contains(Position(2, 2))


def test_before_headquarters_spoke_the_own_entries_are_all_there_is() -> None:
    assert ConfirmedAmount().seen_by(_ME, [PendingEntry(Position(1, 1), -2000)]) == -2000


def test_what_another_register_did_counts_until_the_base_has_it() -> None:
    theirs = {_OTHER: [PendingEntry(Position(1, number), -10) for number in (1, 2, 3)]}
    mine = [PendingEntry(Position(1, 2), -1)]

    unknown = ConfirmedAmount(100).beside(theirs)
    half = ConfirmedAmount(80, {_OTHER: Applied(Position(1, 3), frozenset({Position(1, 2)}))}).beside(theirs)
    whole = ConfirmedAmount(70, {_OTHER: Applied(Position(1, 3))}).beside(theirs)

    assert (unknown.amount, half.amount, whole.amount) == (70, 70, 70)
    assert unknown.seen_by(_ME, mine) == 69
