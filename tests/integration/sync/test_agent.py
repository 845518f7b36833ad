"""The sync engine as a process beside the register: it sends, tells, obeys, and never outlives its parent."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from pos_app.domain.errors import LineDown, Refusal
from pos_app.domain.holds import Hold
from pos_app.domain.ids import BasketId
from sync.client.handle import AGENT_DIED, Launch, Listener, SyncAgentHandle
from sync.client.report import EVERYTHING, Changed, Event, Status
from sync.protocol.signatures import new_key, write_key
from tests.support.line import TcpLine, serve, tcp_line
from tests.support.paper_hq import PaperHq
from tests.support.paper_register import FACTS, KEY
from tests.support.register_files import DEVICE, MemoryJournal

pytestmark = pytest.mark.loopback

PATIENCE_S = 30.0
PATIENCE_MS = 30_000
T = TypeVar("T", Status, Changed)


@dataclass(slots=True)
class Post:
    """A register's process as its handle sees it, and headquarters beyond a line."""

    folder: Path
    hq: PaperHq
    line: TcpLine
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    events: queue.Queue[Event] = field(default_factory=queue.Queue)
    handle: SyncAgentHandle = field(init=False)

    def __post_init__(self) -> None:
        key = new_key()
        self.hq.keys[DEVICE] = key.public_key()
        (self.folder / KEY).write_bytes(write_key(key))
        launch = Launch(command(self.line.address, self.folder))
        self.handle = SyncAgentHandle(launch, Listener(self.events.put, self.events.put))

    def ring(self, count: int) -> None:
        """Do something, and say so."""
        new = self.journal.ring(count)
        with (self.folder / FACTS).open("ab") as facts:
            facts.writelines(fact.canonical + b"\n" for fact in new)
        self.handle.facts_waiting()

    def until(self, kind: type[T], holds: Callable[[T], bool] = lambda _: True) -> T:
        """Wait for an event that shows something."""
        deadline = time.monotonic() + PATIENCE_S
        last: Event | None = None
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                last = self.events.get(timeout=left)
                if isinstance(last, kind) and holds(last):
                    return last
        pytest.fail(f"never came; the last was {last}")

    def at_hq(self) -> list[bytes]:
        return [fact.canonical for fact in self.hq.chains.get(DEVICE, [])]


def command(address: str, folder: Path) -> list[str]:
    return [sys.executable, "-m", "tests.support.paper_register", address, str(folder)]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    hq = PaperHq()
    with serve(hq) as target, tcp_line(target) as line:
        post = Post(tmp_path, hq, line)
        post.handle.start()
        yield post
        post.handle.stop()


def online(status: Status) -> bool:
    return status.online and status.waiting == 0


def test_a_fact_is_at_headquarters_as_soon_as_it_is_told(post: Post) -> None:
    post.until(Status, online)

    post.ring(3)
    status = post.until(Status, lambda status: status.acked == (1, 3))

    assert status.online
    assert len(post.at_hq()) == 3


def test_a_publication_arrives_while_the_question_is_held(post: Post) -> None:
    assert post.until(Changed).topics == {EVERYTHING}
    post.until(Status, online)

    post.hq.publish("chain", "product", "P1", {"name": "rice"})

    assert post.until(Changed).topics == {"product"}


def test_a_cut_line_is_told_and_all_is_there_once_it_is_back(post: Post) -> None:
    post.until(Status, online)
    post.line.cut()
    post.ring(5)
    cut = post.until(Status, lambda status: not status.online and status.waiting == 5)
    assert cut.trouble in {"line_unreachable", "line_cut"}

    post.hq.publish("chain", "product", "P1", {"name": "rice"})
    post.line.mend()
    post.until(Status, online)

    assert post.at_hq() == [fact.canonical for fact in post.journal.facts]


def test_a_whole_new_replica_can_be_asked_for(post: Post) -> None:
    first = post.until(Changed)
    post.until(Status, online)

    post.handle.fetch_again()
    second = post.until(Changed)

    assert second.topics == {EVERYTHING}
    assert second.generation > first.generation


def test_an_agent_that_dies_is_told_and_started_again_and_goes_on(post: Post) -> None:
    post.until(Status, online)
    first = post.handle.process_id
    assert first is not None

    os.kill(first, signal.SIGKILL)
    died = post.until(Status, lambda status: not status.online)
    post.ring(2)
    again = post.until(Changed)
    post.until(Status, lambda status: status.online and status.acked == (1, 2))

    assert died.trouble == AGENT_DIED
    assert again.topics == {EVERYTHING}
    assert post.handle.process_id != first


def test_a_hold_is_granted_refused_or_not_answered_in_time(post: Post) -> None:
    post.until(Status, online)

    post.handle.ask_hold(Hold("H1", "points", "M1", 300), BasketId("B1"), PATIENCE_MS)
    post.hq.refuses_holds_of = "C1"
    with pytest.raises(Refusal) as refusal:
        post.handle.ask_hold(Hold("H2", "coupon", "C1"), BasketId("B1"), PATIENCE_MS)
    post.hq.answers_holds.clear()
    with pytest.raises(LineDown) as unanswered:
        post.handle.ask_hold(Hold("H3", "points", "M1", 300), BasketId("B1"), 200)
    post.hq.answers_holds.set()
    # Answered too late, it is no answer to the next question.
    post.handle.ask_hold(Hold("H4", "points", "M1", 100), BasketId("B1"), PATIENCE_MS)
    post.line.cut()
    with pytest.raises(LineDown, match="line_"):
        post.handle.ask_hold(Hold("H5", "points", "M1", 300), BasketId("B1"), PATIENCE_MS)

    assert (refusal.value.code, refusal.value.details["store"]) == ("coupon_held", "S002")
    assert unanswered.value.code == "hold_unanswered"
    assert post.hq.holds.keys() >= {"H1", "H4"}
    asked = {"hold": "H1", "basket": "B1", "resource": "points", "key": "M1", "amount": 300}
    assert post.hq.holds["H1"] == asked


def test_no_hold_is_waited_for_where_no_agent_runs(tmp_path: Path) -> None:
    handle = SyncAgentHandle(Launch([str(tmp_path / "missing")]), Listener(lambda _: None, lambda _: None))

    with pytest.raises(LineDown, match=AGENT_DIED):
        handle.ask_hold(Hold("H1", "points", "M1", 300), BasketId("B1"), PATIENCE_MS)


def test_when_it_is_stopped_no_process_is_left(post: Post) -> None:
    post.until(Status, online)
    agent = psutil.Process(post.handle.process_id)

    post.handle.stop()

    assert not agent.is_running()


def test_a_program_that_cannot_be_started_is_told_and_blocks_nobody(tmp_path: Path) -> None:
    told: queue.Queue[Status] = queue.Queue()
    handle = SyncAgentHandle(Launch([str(tmp_path / "missing")]), Listener(told.put, lambda _: None))
    handle.start()
    for _ in range(1000):
        handle.facts_waiting()

    assert told.get(timeout=PATIENCE_S).trouble == AGENT_DIED
    handle.stop()


PARENT = """
import sys, time
from random import Random
from sync.client.handle import Launch, Listener, SyncAgentHandle
handle = SyncAgentHandle(Launch(sys.argv[1:]), Listener(lambda s: print(handle.process_id, flush=True), lambda c: None))
handle.start()
time.sleep(600)
"""


def test_the_agent_of_a_register_that_was_killed_is_gone(tmp_path: Path) -> None:
    hq = PaperHq()
    with serve(hq) as target, tcp_line(target) as line:
        post = Post(tmp_path, hq, line)
        del post
        with subprocess.Popen(
            [sys.executable, "-c", PARENT, *command(line.address, tmp_path)], stdout=subprocess.PIPE
        ) as parent:
            assert parent.stdout is not None
            agent = psutil.Process(int(parent.stdout.readline()))
            assert agent.is_running()

            parent.kill()
            gone, _ = psutil.wait_procs([agent], timeout=PATIENCE_S)

    assert gone


def test_the_agent_ends_with_its_input_whatever_came_before(tmp_path: Path) -> None:
    hq = PaperHq()
    with serve(hq) as target, tcp_line(target) as line:
        Post(tmp_path, hq, line)
        done = subprocess.run(
            command(line.address, tmp_path),
            input=b'rubbish\n{"do":"dance"}\n\xff\n{"do":"push"}\n',
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )

    assert done.returncode == 0
    assert done.stdout.startswith(b'{"event":"status"')
    assert all(event.startswith(b'{"event":') for event in done.stdout.splitlines())
    assert done.stderr.count(b"command_not_understood") == 3


def test_the_parents_side_loads_nothing_heavy() -> None:
    heavy = "httpx", "zstandard", "apscheduler", "cryptography", "msgspec", "structlog"
    script = f"import sys, sync.client.handle; print([name for name in {heavy!r} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert done.stdout.strip() == b"[]"
