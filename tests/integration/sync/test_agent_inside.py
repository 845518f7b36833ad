"""The agent's workers, in this process: what the clock does, and what happens when our own code or a file breaks."""

import queue
from collections.abc import Callable, Iterator
from random import Random

import pytest

from pos_app.domain.errors import DiskFull
from pos_app.domain.facts import Position
from sync.client import agent as agent_module
from sync.client import schedule
from sync.client.agent import Agent
from sync.client.report import Event, Status
from tests.support.branch import Branch

PATIENCE_S = 20.0


class Desk:
    """An agent and what it told."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.events: queue.Queue[Event] = queue.Queue()
        self.agent = Agent(branch.wiring, self.events.put, Random(1))

    def until(self, holds: Callable[[Status], bool]) -> Status:
        """Wait for a status that shows something."""
        while True:
            event = self.events.get(timeout=PATIENCE_S)
            if isinstance(event, Status) and holds(event):
                return event


@pytest.fixture
def desk(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(schedule, "PUSH_ANYWAY_S", 1)
    monkeypatch.setattr(schedule, "STATUS_S", 1)
    monkeypatch.setattr(agent_module, "MAX_WAIT_S", 1)
    desk = Desk(branch)
    yield desk
    desk.agent.stop()


def test_a_fact_whose_word_was_lost_goes_up_all_the_same(desk: Desk) -> None:
    desk.agent.start()
    desk.until(lambda status: status.online)

    desk.branch.journal.ring(1)

    desk.until(lambda status: status.acked == (1, 1))


def test_our_own_bug_is_not_called_online(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object, position: Position, incarnation: str) -> None:
        raise ZeroDivisionError(position, incarnation)

    monkeypatch.setattr(type(desk.branch.replica), "acknowledge", broken)
    desk.branch.journal.ring(1)
    desk.agent.start()

    status = desk.until(lambda status: status.trouble is not None)

    assert (status.trouble, status.online) == ("sync_engine_broken", False)
    assert status.trouble_details == {"kind": "ZeroDivisionError"}


def test_a_full_disk_is_told_and_heals(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object, position: Position, incarnation: str) -> None:
        raise DiskFull("disk_full", what=f"{position} {incarnation}")

    with monkeypatch.context() as full_disk:
        full_disk.setattr(type(desk.branch.replica), "acknowledge", full)
        desk.branch.journal.ring(1)
        desk.agent.start()
        assert desk.until(lambda status: status.trouble == "disk_full").waiting == 1

    desk.until(lambda status: status.online and status.waiting == 0)
    assert len(desk.branch.at_hq()) == 1


def test_a_frozen_register_goes_on_at_a_persons_word_once_it_is_thawed(desk: Desk) -> None:
    desk.branch.hq.frozen = "device_frozen"
    desk.branch.journal.ring(1)
    desk.agent.start()
    desk.until(lambda status: status.trouble == "device_frozen")

    desk.branch.hq.frozen = ""
    desk.agent.obey("pull")

    desk.until(lambda status: status.online and status.acked == (1, 1))


def test_a_wish_for_a_new_replica_outlives_a_cut_line(desk: Desk) -> None:
    desk.agent.start()
    desk.until(lambda status: status.online)
    desk.branch.line.cut()
    desk.until(lambda status: not status.online)

    desk.agent.obey("fetch_again")
    desk.branch.line.mend()
    desk.until(lambda status: status.online)

    while desk.branch.replica.installed < 2:
        desk.events.get(timeout=PATIENCE_S)


def compared(desk: Desk) -> bool:
    return any(asked.startswith("GET /v1/digests") for asked in desk.branch.hq.asked)


def test_a_person_has_the_replica_compared(desk: Desk) -> None:
    desk.agent.start()
    first = desk.until(lambda status: status.online and status.compared_at is not None)

    desk.agent.obey("compare")

    status = desk.until(lambda status: status.compared_at != first.compared_at)
    assert compared(desk)
    assert status.mended == 0


def test_the_clock_has_it_compared_when_that_was_long_ago(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "COMPARE_LOOK_MINUTES", 1 / 60)
    monkeypatch.setattr(schedule, "COMPARE_JITTER_S", 0)
    desk.agent.start()
    desk.until(lambda status: status.online)
    assert not compared(desk)

    desk.agent._engine._compared.keep("2020-01-01T00:00:00+00:00")

    desk.until(lambda status: (status.compared_at or "") > "2021")
    assert compared(desk)


def test_an_unknown_command_is_refused(desk: Desk) -> None:
    desk.agent.start()
    with pytest.raises(ValueError, match="dance"):
        desk.agent.obey("dance")
