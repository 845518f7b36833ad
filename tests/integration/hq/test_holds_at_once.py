"""Holds on PostgreSQL, where questions and facts really come at once: driven step by step, and in a crowd."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text

from tests.integration.hq.sending import import_json
from tests.integration.hq.test_holds import RULES, ask, coupon, open_holds
from tests.integration.hq.test_lock_order import transaction, until_somebody_waits
from tests.integration.hq.till import Till
from tests.support.postgresql import Cluster, running_cluster, started
from tests.support.real_hq import RealHq

TOMBSTONE = text("INSERT INTO hold VALUES (:name, '', '', '', 'S001-R1', '', 0, 1, 1, 'fact') ON CONFLICT DO NOTHING")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def hq(cluster: Cluster, tmp_path: Path) -> Iterator[RealHq]:
    with started(cluster.headquarters(tmp_path / "hq", cluster.new_database(tmp_path.name))) as hq:
        assert import_json(hq, RULES).status_code == 200
        yield hq


def test_a_question_that_waits_for_the_fact_which_names_its_hold_is_refused(hq: RealHq) -> None:
    till = Till(hq.enrol("S001"), hq)

    async def drive() -> str:
        async with transaction(hq) as fact:
            await fact.execute(TOMBSTONE, {"name": "H1"})
            question = asyncio.create_task(asyncio.to_thread(ask, till, "H1"))
            await until_somebody_waits(hq)
        return str((await question).json()["code"])

    assert asyncio.run(drive()) == "hold_ended"
    assert open_holds(hq) == []


def test_of_many_registers_that_ask_for_the_same_at_once_as_many_get_it_as_there_is(hq: RealHq) -> None:
    tills = [Till(hq.enrol(store), hq, store) for store in ("S001", "S002", "S001", "S002")]
    got: list[str] = []

    def crowd(till: Till) -> None:
        for number in range(5):
            basket = f"{till.device}-{number}"
            got.extend(["points"] * ask(till, f"{basket}-p", 100, basket=basket).is_success)
            got.extend(["coupon"] * coupon(till, f"{basket}-c", basket=basket).is_success)

    threads = [Thread(target=crowd, args=(till,)) for till in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(got) == {"points": 5, "coupon": 1}


def test_questions_and_the_facts_that_end_them_leave_nothing_open_in_whatever_order_they_come(hq: RealHq) -> None:
    tills = [Till(hq.enrol(store), hq, store) for store in ("S001", "S002")]

    def ask_all(till: Till) -> None:
        for number in range(15):
            ask(till, f"{till.device}-{number}", 1, basket=f"{till.device}-{number}")

    def end_all(till: Till) -> None:
        for number in range(15):
            till.do("hold_released", {"basket": "b", "holds": [f"{till.device}-{number}"]})
            till.push(till.facts[-1:])

    threads = [Thread(target=work, args=(till,)) for till in tills for work in (ask_all, end_all)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert open_holds(hq) == []
