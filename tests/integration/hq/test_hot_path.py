"""What a register asks for stays within its own device, store and scopes: so the same schema goes on where it is spread
by key (decisions/0012).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.integration.hq.test_epochs import forked, opened
from tests.integration.hq.till import OIL, RICE, Till, goods
from tests.support.real_hq import RealHq

KEYED = {
    "fact": "device",
    "forked_fact": "device",
    "fact_exception": "device",
    "exception_step": "device",
    "device": "id",
    "stock_balance": "place",
    "member": "id",
    "right_balance": "member",
    "publication": "scope",
    "scope": "scope",
}
"""Tables that are spread, and the column by which they are: a question names it."""

ALLOWED = (
    # a sale of a batch is looked for by its receipt, which names the register
    re.compile(r"FROM sale\s+WHERE sale\.receipt IN"),
    # a store's registers, to say what of each is in an amount
    re.compile(r"FROM device\s+WHERE device\.store = "),
    # how far every scope is: what a worker looks at by the clock, whatever registers do
    re.compile(r"SELECT scope\.scope, scope\.rev FROM scope$"),
    # a coupon that is spent is gone from every store
    re.compile(r"FROM publication\s+WHERE publication\.topic = \?"),
)


@contextmanager
def overheard(hq: RealHq) -> Iterator[list[str]]:
    """Write down the questions that reach the database."""
    assert hq.inside is not None
    engines = hq.inside.app.state.hq.database._engines
    heard: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # noqa: ANN401 — SQLAlchemy's own
        if statement.lstrip().startswith("SELECT"):
            heard.append(" ".join(statement.split()))

    for engine in (engines.read.sync_engine, engines.write.sync_engine):
        event.listen(engine, "before_cursor_execute", note)
    yield heard
    for engine in (engines.read.sync_engine, engines.write.sync_engine):
        event.remove(engine, "before_cursor_execute", note)


def everything_that_a_register_does(till: Till) -> None:
    till.sell(goods(RICE), goods(OIL), goods("NOBODY"))
    rights = {"member": {"id": "M1"}, "uses": {"P": 1}, "points_earned": 1, "points_used": 2}
    till.do("sale", till.sale_body(goods(RICE)) | rights | {"sale": "of-a-member"}, version=2)
    till.do("teleported", {})
    till.push()
    till.push()
    after, _ = till.all_changes("")
    till.snapshot()
    till.ask("GET", "/v1/digests", params={"at": after})
    till.ask("GET", "/v1/digests/documents", params={"scope": "chain", "topic": "price", "buckets": "1,2"})
    till.ask("GET", f"/v1/devices/{till.device}/facts", params={"after": "0:0"})
    till.ask("POST", f"/v1/devices/{till.device}/drift", json={"at": after, "found": []})


@pytest.fixture
def questions(hq: RealHq, till: Till) -> list[str]:
    fork = Till(hq.enrol("S001"), hq)
    with overheard(hq) as heard:
        everything_that_a_register_does(till)
        forked(fork)
        opened(fork, fork.head()).push()
    return [question for question in heard if "sqlite_" not in question]


def test_no_question_joins_tables_but_a_device_to_its_place(questions: list[str]) -> None:
    joins = {question for question in questions if " JOIN " in question}

    assert len(questions) > 20
    # registers that ask at the same moment are looked up together, each by its name
    assert all("FROM device JOIN place ON place.id = device.store WHERE device.id IN (SELECT" in join for join in joins)


def test_a_question_of_a_spread_table_names_its_key(questions: list[str]) -> None:
    astray = []
    for question in questions:
        table = re.search(r" FROM (\w+)", question)
        key = KEYED.get(table[1]) if table else None
        if table is None or key is None or any(each.search(question) for each in ALLOWED):
            continue
        if not re.search(rf"WHERE .*{table[1]}\.{key}( =| IN|, )", question):
            astray.append(question)

    assert astray == []


def test_a_question_across_stores_would_be_seen(hq: RealHq) -> None:
    with overheard(hq) as heard:
        hq.administrator("GET", "/v1/reports/stock")

    assert any(" JOIN " in question for question in heard)
