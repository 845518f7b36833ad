"""Many workers over one PostgreSQL: whichever a register's request comes to, and whatever breaks under it, each fact is
there once. Interleavings are driven, not hoped for: a trigger holds a commit until the test says so.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import httpx
import psutil
import pytest

from sync.client.clock import HqClock
from sync.client.enrolment import enrol, make_key
from sync.client.signing import DeviceAuth, Identity
from sync.client.transport import HqLine
from sync.hq.main import main
from sync.hq.nonces import forget_nonces
from tests.architecture.tree import ROOT
from tests.integration.hq.till import RICE, Till, goods, small_chain
from tests.support.postgresql import Cluster, running_cluster, started
from tests.support.real_hq import RealHq

PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def database(cluster: Cluster, tmp_path: Path) -> str:
    return cluster.new_database(tmp_path.name)


@pytest.fixture
def hq(cluster: Cluster, database: str, tmp_path: Path) -> Iterator[RealHq]:
    with started(cluster.headquarters(tmp_path / "hq", database)) as hq:
        yield hq


@pytest.fixture
def other(hq: RealHq, cluster: Cluster, database: str, tmp_path: Path) -> Iterator[RealHq]:
    """Another worker over the same database."""
    other = cluster.headquarters(tmp_path / "other", database)
    other.start()
    yield other
    other.stop()


def until(holds: Callable[[], bool]) -> None:
    ends_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends_s, "waited in vain"
        time.sleep(0.01)


def at(hq: RealHq, till: Till) -> Till:
    """The same register, sending to another worker."""
    same = Till(till.identity, hq, till.store)
    same.facts, same.receipts = till.facts, till.receipts
    return same


def well(hq: RealHq, *, sales: int) -> bool:
    totals = hq.administrator("GET", "/v1/reports/sales")["total"]
    broken = hq.administrator("GET", "/v1/reports/chains")["broken"]
    differs = hq.administrator("GET", "/v1/reports/stock")["differs"]
    return (totals["sales"], broken, differs) == (sales, 0, 0)


def test_one_register_that_sends_to_both_at_once_is_served_once(hq: RealHq, other: RealHq) -> None:
    till = Till(hq.enrol("S001"), hq)
    for _ in range(60):
        till.sell(goods(RICE))
    together = Barrier(4)
    acked: list[int] = []

    def push(worker: RealHq) -> None:
        sender = at(worker, till)
        together.wait()
        acked.extend(sender.push(till.facts[max(0, end - 30) : end]).acked_seq for end in range(20, 61, 20))

    threads = [Thread(target=push, args=(worker,)) for worker in (hq, other) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(acked) == 12
    assert well(hq, sales=60)


def test_a_signature_that_one_has_seen_is_not_taken_by_the_other(hq: RealHq, other: RealHq) -> None:
    till = Till(hq.enrol("S001"), hq)
    request = httpx.Request("GET", "http://hq.test/v1/changes", params={"after": ""})
    signed = next(DeviceAuth(till.identity, HqClock().now).auth_flow(request))

    first, again = hq.handle_request(signed), other.handle_request(signed)

    assert (first.status_code, again.status_code) == (200, 401)
    assert b"signature_replayed" in again.read()


def test_old_nonces_are_forgotten_and_young_ones_are_not(hq: RealHq, cluster: Cluster, database: str) -> None:
    till = Till(hq.enrol("S001"), hq)
    till.changes("")
    till.changes("")
    assert hq.inside is not None
    state = hq.inside.app.state.hq
    cluster.ask(
        "UPDATE nonce SET seen_at = seen_at - 700 * 1000000 WHERE seen_at = (SELECT min(seen_at) FROM nonce)", database
    )

    assert hq.inside.call(forget_nonces, state.database, state.instant()) == 1
    # the enrolment was signed too
    assert cluster.ask("SELECT count(*) FROM nonce", database) == "2"


def test_what_one_publishes_wakes_who_waits_at_the_other(hq: RealHq, other: RealHq) -> None:
    till = Till(hq.enrol("S001"), hq)
    after, _ = till.all_changes("")
    came: list[str] = []
    waiting = Thread(target=lambda: came.extend(change.key for change in till.changes(after, wait=20)[1]))
    waiting.start()

    other.administrator("POST", "/v1/import", json={"prices": [{"id": "N", "sku": RICE, "kind": "base", "amount": 1}]})
    waiting.join(PATIENCE_S)

    assert came == ["N"]


HELD = """
CREATE TABLE held (state text);
CREATE FUNCTION hold() RETURNS trigger AS $$ BEGIN
    WHILE EXISTS (SELECT FROM held) LOOP PERFORM pg_sleep(0.01); END LOOP;
    RETURN NULL;
END $$ LANGUAGE plpgsql;
CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON fact DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold();
"""
"""A commit that stores a fact is held for as long as there is a row in `held`."""
COMMITTING = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = 'COMMIT;' AND state = 'active'"
)


def test_a_connection_killed_inside_a_commit_loses_nothing(hq: RealHq, cluster: Cluster, database: str) -> None:
    till = Till(hq.enrol("S001"), hq)
    till.sell()
    cluster.ask(HELD, database)
    cluster.ask("INSERT INTO held VALUES ('yes')", database)
    answers: list[httpx.Response] = []
    sending = Thread(target=lambda: answers.append(till.send([fact.canonical for fact in till.facts])))
    sending.start()
    until(lambda: bool(cluster.ask(COMMITTING, database)))

    cluster.ask(f"SELECT pg_terminate_backend(({COMMITTING} LIMIT 1))", database)
    sending.join(PATIENCE_S)
    cluster.ask("DELETE FROM held", database)

    assert answers[0].status_code == 503
    assert answers[0].headers["Retry-After"]
    assert till.push().acked_seq == 1
    assert well(hq, sales=1)


REFUSING = """
CREATE SEQUENCE tries;
CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN
    IF nextval('tries') <= %d THEN RAISE EXCEPTION 'driven' USING ERRCODE = '%s'; END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;
CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON fact DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse();
"""


@pytest.mark.parametrize("state", ["40001", "40P01"], ids=["serialization", "deadlock"])
def test_a_commit_that_the_database_takes_back_is_tried_again(
    hq: RealHq, cluster: Cluster, database: str, state: str
) -> None:
    till = Till(hq.enrol("S001"), hq)
    till.sell()
    cluster.ask(REFUSING % (2, state), database)

    assert till.push().acked_seq == 1
    assert cluster.ask("SELECT last_value FROM tries", database) == "3"
    assert well(hq, sales=1)


def test_one_that_is_taken_back_again_and_again_asks_to_come_later(hq: RealHq, cluster: Cluster, database: str) -> None:
    till = Till(hq.enrol("S001"), hq)
    till.sell()
    cluster.ask(REFUSING % (1000, "40001"), database)

    answer = till.send([fact.canonical for fact in till.facts])

    assert (answer.status_code, answer.json()["code"]) == (503, "hq_busy")
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 0


def test_a_database_that_stops_and_starts_is_found_again_and_nothing_is_there_twice(
    hq: RealHq, cluster: Cluster
) -> None:
    tills = [Till(hq.enrol("S001"), hq) for _ in range(3)]
    for till in tills:
        for _ in range(40):
            till.sell()
    statuses: set[int] = set()

    def push(till: Till) -> None:
        """Send in small batches, each again until it is taken."""
        sent = 0
        while sent < 40:
            answer = till.send([fact.canonical for fact in till.facts[sent : sent + 4]], till.facts[: sent + 4])
            statuses.add(answer.status_code)
            sent = answer.json()["acked_seq"] if answer.is_success else sent

    threads = [Thread(target=push, args=(till,)) for till in tills]
    for thread in threads:
        thread.start()
    until(lambda: 200 in statuses)
    cluster.stop()
    until(lambda: 503 in statuses)
    cluster.start()
    for thread in threads:
        thread.join(PATIENCE_S)

    assert statuses <= {200, 503}
    assert well(hq, sales=120)


@dataclass(slots=True)
class Served:
    """`granary hq serve --workers 3` over an empty database, as it runs at a chain."""

    process: subprocess.Popen[str]
    address: str
    token: str

    def administrator(self, method: str, path: str, **what: Any) -> Any:  # noqa: ANN401 — httpx's own words, JSON's own shape
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.address, headers=headers, trust_env=False, timeout=PATIENCE_S) as client:
            answer = client.request(method, path, **what)
            assert answer.is_success, answer.text
            return answer.json()

    def till(self) -> Till:
        code = self.administrator("POST", "/v1/enrolment-codes", json={"store": "S001"})["code"]
        key = make_key()
        line = HqLine(self.address, HqClock())
        answer = enrol(line, code, key).answer
        line.close()
        return Till(Identity.read(answer.device, key), Redirected(self.address))

    def workers(self) -> set[int]:
        found: set[int] = set()
        for child in psutil.Process(self.process.pid).children():
            # One that was killed is a zombie until its parent has seen to it.
            with suppress(psutil.NoSuchProcess):
                if "spawn_main" in " ".join(child.cmdline()):
                    found.add(child.pid)
        return found


class Redirected(httpx.HTTPTransport):
    """Real sockets to one place, whatever name was asked for; a connection of its own for each request."""

    def __init__(self, address: str) -> None:
        super().__init__(limits=httpx.Limits(max_keepalive_connections=0))
        self._address = httpx.URL(address)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=self._address.host, port=self._address.port)
        return super().handle_request(request)


@pytest.fixture
def served(cluster: Cluster, database: str, tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "served"
    command = [sys.executable, "-m", "pos_app", "hq", "serve", "--port", "0", "--until-eof", "--workers", "3"]
    command += ["--database", cluster.url(database), "--data", str(folder)]
    log = (tmp_path / "served.log").open("w")
    with (
        log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT
        ) as process,
    ):
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        served = Served(process, said["address"], (folder / "admin.token").read_text().strip())
        served.administrator("POST", "/v1/import", json=small_chain())
        yield served
        with suppress(ProcessLookupError):
            process.kill()


@pytest.mark.loopback
def test_a_worker_that_is_killed_is_replaced_and_registers_hardly_notice(served: Served) -> None:
    before = served.workers()
    assert len(before) == 3
    till = served.till()
    for number in range(30):
        till.sell()
        if number % 10 == 5:
            os.kill(min(served.workers()), signal.SIGKILL)
        while True:
            with suppress(httpx.HTTPError):
                if till.send([fact.canonical for fact in till.facts[-3:]]).is_success:
                    break

    until(lambda: len(served.workers()) == 3)
    assert served.workers() != before
    assert served.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 30
    assert served.administrator("GET", "/v1/reports/chains")["broken"] == 0


@pytest.mark.loopback
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, None], ids=["told", "killed", "input ends"])
def test_workers_end_with_their_parent(served: Served, how: signal.Signals | None) -> None:
    workers = served.workers()
    assert served.process.stdin is not None

    if how is None:
        served.process.stdin.close()
    else:
        served.process.send_signal(how)

    served.process.wait(PATIENCE_S)
    until(lambda: not any(psutil.pid_exists(worker) for worker in workers))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--workers", "2"], "one process serves a SQLite file"),
        (["--workers", "0"], "--workers takes 1 to 64"),
    ],
)
def test_workers_that_cannot_be_are_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], more: list[str], says: str
) -> None:
    assert main(["serve", "--port", "0", "--data", str(tmp_path), *more]) in {1, 2}
    assert says in capfd.readouterr().err


def test_workers_of_which_none_can_start_are_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pos_app", "hq", "serve", "--port", "0", "--workers", "2", "--data", str(tmp_path)]
    nowhere = "postgresql+asyncpg://nobody@/nothing?host=/nowhere"

    ended = subprocess.run([*command, "--database", nowhere], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "hq_database_unreachable" in ended.stderr
    assert "no worker came to answer" in ended.stderr
