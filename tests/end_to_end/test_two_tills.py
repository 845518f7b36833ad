"""Two tills of a store as processes, headquarters dead: a basket goes from one to the other, and one dies of it; facts
go by way of the other, and both die.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pos_app.domain.facts import START
from pos_app.store.peers.shelf import PeerReader
from pos_app.store.register_folder import RegisterFolder
from sync.client.network import ALONE
from tests.integration.hq.till import small_chain
from tests.support.real_hq import RealHq
from tests.support.store_tills import CutLine, Till, enrolled_folder, free_port

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(180)]

RICE_CODE = "6999999000112"
PATIENCE_S = 60


@dataclass(slots=True)
class TillProcess:
    """One till; it may be killed and started again."""

    folder: RegisterFolder
    listen: str
    neighbour: str
    running: "subprocess.Popen[str]" = field(init=False)

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.support.till_process"]
        self.running = subprocess.Popen(
            [*command, str(self.folder.path), self.listen, self.neighbour],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "open"

    def do(self, *words: str) -> str:
        assert self.running.stdin is not None
        self.running.stdin.write(" ".join(words) + "\n")
        self.running.stdin.flush()
        return self._line()

    def sees(self, basket: str) -> None:
        """Wait until it has heard of a basket elsewhere."""
        ends = time.monotonic() + PATIENCE_S
        while not self.do("sees", basket):
            assert time.monotonic() < ends, "waited in vain"
            time.sleep(0.05)

    def plug_out(self) -> None:
        """Kill it, and do not wait."""
        self.running.kill()

    def kill(self) -> None:
        """Kill it, and wait until it is dead."""
        self.running.kill()
        self.running.wait()
        for pipe in (self.running.stdin, self.running.stdout):
            assert pipe is not None
            pipe.close()

    def _line(self) -> str:
        assert self.running.stdout is not None
        return self.running.stdout.readline().rstrip("\n")


@dataclass(slots=True)
class Tills:
    """Both, and the line by which the second reaches the first."""

    first: TillProcess
    second: TillProcess
    line: CutLine
    hq: RealHq


@pytest.fixture
def tills(tmp_path: Path) -> Iterator[Tills]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain())
    folders = [enrolled_folder(hq, tmp_path / name) for name in ("first", "second")]
    hq.stop()
    ports = free_port(), free_port()
    line = CutLine(ports[0], folders[0].store_secret())
    first = TillProcess(folders[0], f"127.0.0.1:{ports[0]}", f"127.0.0.1:{ports[1]}")
    second = TillProcess(folders[1], f"127.0.0.1:{ports[1]}", line.address)
    line.meanwhile = first.plug_out
    for till in (first, second):
        till.start()
    yield Tills(first, second, line, hq)
    for till in (first, second):
        till.kill()
    line.close()


def test_what_is_hung_on_one_till_is_fetched_on_the_other(tills: Tills) -> None:
    basket = tills.first.do("suspend", RICE_CODE)
    tills.second.sees(basket)

    assert tills.second.do("recall", basket) == basket
    assert tills.first.do("own") == ""
    assert tills.second.do("sell") == basket


def test_an_owner_killed_between_giving_and_saying_so_has_given(tills: Tills) -> None:
    """Its answer is swallowed and the owner dies by SIGKILL: what it had written is what counts when it is back."""
    basket = tills.first.do("suspend", RICE_CODE)
    tills.second.sees(basket)
    tills.line.cut = True

    assert tills.second.do("recall", basket) == "! peer_down"
    tills.first.kill()
    tills.line.cut = False
    assert tills.second.do("recall", basket) == "! peer_down", "the owner is off"

    tills.first.start()
    assert tills.first.do("own") == "", "it is the other's"
    tills.second.sees(basket)
    assert tills.second.do("recall", basket) == basket
    assert tills.second.do("sell") == basket


def test_with_the_owner_dead_the_customer_is_served_from_a_copy_and_the_owner_hears_of_it(tills: Tills) -> None:
    basket = tills.first.do("suspend", RICE_CODE)
    tills.second.sees(basket)
    tills.first.kill()

    assert tills.second.do("recall", basket) == "! peer_down"
    assert tills.second.do("copy", basket) == basket
    assert tills.second.do("sell") == basket

    tills.first.start()
    ends = time.monotonic() + PATIENCE_S
    while tills.first.do("own"):
        assert time.monotonic() < ends, "the owner never learned that its basket was sold"
        time.sleep(0.05)


def test_a_taker_killed_after_taking_has_it_in_hand_when_it_is_back(tills: Tills) -> None:
    basket = tills.first.do("suspend", RICE_CODE)
    tills.second.sees(basket)
    assert tills.second.do("recall", basket) == basket
    tills.second.kill()

    tills.second.start()
    assert tills.second.do("own") == ""
    assert tills.second.do("sell") == basket


def test_facts_reach_headquarters_by_way_of_a_neighbour_though_both_are_killed(tills: Tills) -> None:
    """Headquarters is dead for the first till only. Either till dies by SIGKILL while facts go over."""
    owner, bearer = tills.first, tills.second
    assert owner.do("offline") == "offline"
    for number in range(12):
        assert owner.do("ring", RICE_CODE).endswith(f"{number + 1:04d}")
        if number % 4 == 1:
            bearer.kill()
            bearer.start()
        if number % 4 == 3:
            owner.kill()
            owner.start()
            owner.do("offline")
    owner_till, bearer_till = Till(owner.folder, ALONE), Till(bearer.folder, ALONE)
    ends = time.monotonic() + PATIENCE_S
    while given(bearer.folder) != 12:
        assert time.monotonic() < ends, "they were not all given"
        time.sleep(0.05)
    bearer.kill()
    owner.kill()

    tills.hq.start()
    bearer_till.relay(tills.hq)
    assert tills.hq.facts_of("S001-R1") == owner_till.chain()
    owner_till.push(tills.hq)
    bearer_till.relay(tills.hq)

    sales = tills.hq.administrator("GET", "/v1/reports/sales")
    tills.hq.stop()
    assert tills.hq.facts_of("S001-R1") == owner_till.chain()
    assert sum(row["sales"] for row in sales["rows"]) == 12
    for till in (owner, bearer):
        till.start()


def given(folder: RegisterFolder) -> int:
    """Count the facts of the first till that a till was given."""
    shelf, place = PeerReader(folder.peers), START
    count = 0
    while (facts := shelf.next_of("S001-R1", place)) is not None:
        place, count = facts.facts[-1].position, count + len(facts.facts)
    return count
