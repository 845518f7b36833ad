"""A worker goes on: after failures, after our own bugs, and it is told when there is something to do."""

from dataclasses import dataclass, field
from random import Random
from threading import Event

from pos_app.domain.errors import LineDown, Refusal
from sync.client.worker import Duties, Worker

PATIENCE_S = 10.0


@dataclass(slots=True)
class Day:
    """What a worker meets step by step: an error, or whether there is more."""

    meets: list[Exception | bool]
    steps: int = 0
    done: int = 0
    recovered: Event = field(default_factory=Event)
    broke: list[Exception] = field(default_factory=list)
    all_met: Event = field(default_factory=Event)

    def step(self) -> bool:
        self.steps += 1
        met = self.meets.pop(0)
        if not self.meets:
            self.all_met.set()
        if isinstance(met, Exception):
            raise met
        return met

    def tell(self) -> None:
        self.done += 1

    def worker(self) -> Worker:
        return Worker("test", Duties(self.step, self.tell, self.recovered.set, self.broke.append), Random(1))


def run(day: Day) -> Worker:
    worker = day.worker()
    worker.start()
    worker.wake()
    assert day.all_met.wait(PATIENCE_S)
    return worker


def test_it_does_nothing_until_it_is_woken() -> None:
    day = Day([False])
    worker = day.worker()
    worker.start()

    assert not day.all_met.wait(0.05)
    worker.wake()
    assert day.all_met.wait(PATIENCE_S)
    worker.stop()


def test_it_goes_on_while_there_is_more() -> None:
    day = Day([True, True, False])

    run(day).stop()

    assert day.steps == 3


def test_many_calls_are_one() -> None:
    inside, go_on = Event(), Event()
    day = Day([False, False])

    def step() -> bool:
        inside.set()
        go_on.wait(PATIENCE_S)
        return day.step()

    worker = Worker("test", Duties(step, day.tell, day.recovered.set, day.broke.append), Random(1))
    worker.start()
    worker.wake()
    assert inside.wait(PATIENCE_S)
    for _ in range(100):
        worker.wake()
    go_on.set()
    assert day.all_met.wait(PATIENCE_S)
    worker.stop()

    assert day.steps == 2


def test_a_failure_is_rested_and_tried_again_and_the_recovery_told() -> None:
    day = Day([LineDown("line_unreachable"), False])

    worker = run(day)

    assert day.recovered.wait(PATIENCE_S)
    assert day.steps == 2
    worker.stop()


def test_a_rest_is_cut_short_when_the_line_is_back() -> None:
    day = Day([Refusal("device_frozen"), False])
    worker = day.worker()
    worker.start()
    worker.wake()

    assert not day.all_met.wait(0.2)
    worker.hurry()
    assert day.all_met.wait(PATIENCE_S)
    worker.stop()


def test_what_headquarters_asked_for_is_not_cut_short() -> None:
    day = Day([LineDown("hq_busy", retry_after_s=60.0), False])
    worker = day.worker()
    worker.start()
    worker.wake()

    for _ in range(5):
        worker.hurry()
        assert not day.all_met.wait(0.02)
    worker.stop()


def test_our_own_bug_is_told_and_outlived() -> None:
    day = Day([ZeroDivisionError(), False])
    worker = day.worker()
    worker.start()
    worker.wake()
    while not day.broke:
        assert not day.all_met.wait(0.01)
    worker.hurry()
    assert day.all_met.wait(PATIENCE_S)
    worker.stop()

    assert isinstance(day.broke[0], ZeroDivisionError)


def test_a_status_that_cannot_be_told_does_not_end_the_work() -> None:
    day = Day([True, False])

    def fail() -> None:
        raise OSError("nobody listens")

    worker = Worker("test", Duties(day.step, fail, day.recovered.set, day.broke.append), Random(1))
    worker.start()
    worker.wake()
    assert day.all_met.wait(PATIENCE_S)
    worker.stop()
