"""The counter sees to its files when headquarters has said something that they must follow."""

from pos_app.domain.errors import DiskFull
from pos_app.services.changes import Kind
from pos_app.services.upkeep import Upkeep
from pos_app.ui.ports import Changed
from tests.support.hands import Hands
from tests.support.till import HandRegister


def test_a_chore_is_done_step_by_step_until_there_is_no_more(till: Hands, register: HandRegister) -> None:
    left = [3]

    def chore() -> bool:
        left[0] -= 1
        return left[0] > 0

    assert register.counter is not None
    register.counter.upkeep = Upkeep((chore,))
    register.tell(Changed(frozenset({Kind.PRICE})))
    till.rest()
    assert left == [3]
    register.tell(Changed(frozenset({Kind.CHAIN})))
    till.until(lambda: left == [0])


def test_what_comes_meanwhile_makes_another_run(till: Hands, register: HandRegister) -> None:
    steps: list[int] = []
    assert register.counter is not None
    register.counter.upkeep = Upkeep((lambda: bool(steps.append(1)),))  # type: ignore[func-returns-value]  # counts

    for _ in range(2):
        register.tell(Changed(frozenset({Kind.CHAIN})))
    till.until(lambda: len(steps) == 2)
    till.rest()
    assert len(steps) == 2


def test_the_clock_has_it_done_too(till: Hands, register: HandRegister) -> None:
    steps: list[int] = []
    assert register.counter is not None
    register.counter.upkeep = Upkeep((lambda: bool(steps.append(1)),))  # type: ignore[func-returns-value]  # counts

    till.application._upkeep._clock.timeout.emit()

    till.until(lambda: len(steps) == 1)


def test_a_full_disk_ends_a_run_and_the_next_one_tries_again(till: Hands, register: HandRegister) -> None:
    tries: list[int] = []

    def chore() -> bool:
        tries.append(1)
        raise DiskFull("disk_full")

    assert register.counter is not None
    register.counter.upkeep = Upkeep((chore,))
    for _ in range(2):
        register.tell(Changed(frozenset({Kind.CHAIN})))
        till.rest()

    assert len(tries) == 2
    assert till.window.toast.message is None
