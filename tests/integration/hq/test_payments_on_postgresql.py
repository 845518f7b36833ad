"""Payments on PostgreSQL: rounds of many workers at once tell of each payment once. Left out where there is none."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.integration.hq.test_payments import LATER, asked, exceptions, payments, settled, sold, watch
from tests.integration.hq.till import Till
from tests.support.postgresql import Cluster, running_cluster, started
from tests.support.real_hq import RealHq

HANGING = 30


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def hq(cluster: Cluster, tmp_path: Path) -> Iterator[RealHq]:
    with started(cluster.headquarters(tmp_path / "hq", cluster.new_database(tmp_path.name))) as hq:
        yield hq


def own(number: int) -> str:
    return f"{number:032d}"


def rounds_at_once(hq: RealHq, many: int = 3) -> int:
    done: list[int] = []
    workers = [Thread(target=lambda: done.append(watch(hq, LATER))) for _ in range(many)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(done) == many
    return sum(done)


def test_each_payment_that_hangs_is_told_once_and_resolved_once(hq: RealHq) -> None:
    till = Till(hq.enrol("S001"), hq)
    for number in range(HANGING):
        asked(till, own(number))
    till.push()
    rounds_at_once(hq)
    assert exceptions(hq) == [("payment_open", "store")] * HANGING

    for number in range(HANGING):
        settled(till, "reversed", own(number))
    asked(till, own(HANGING))
    sold(till, own(HANGING))
    till.push()
    rounds_at_once(hq)

    assert exceptions(hq) == []
    assert [state for _, state, _ in payments(hq)] == ["reversed"] * HANGING + ["sold"]
    rows = hq.administrator("GET", "/v1/exceptions", params={"state": "all"})["rows"]
    assert [len(row["steps"]) for row in rows] == [1] * HANGING
    tenders = hq.administrator("GET", "/v1/reports/tenders")["rows"]
    assert [(row["kind"], row["net"]) for row in tenders] == [("wechat", 6900)]
