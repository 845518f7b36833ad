"""The order in which rows are locked, driven step by step on PostgreSQL: who keeps to it never waits in a ring."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from tests.integration.hq.sending import import_json
from tests.integration.hq.till import Till
from tests.support.postgresql import Cluster, running_cluster, started
from tests.support.real_hq import RealHq

RULES: dict[str, Any] = {
    "coupon_templates": [{"id": "T1", "kind": "cash", "off": 500}],
    "coupons": [{"id": f"C{number}", "template": "T1", "member": "M1"} for number in range(1, 6)],
}
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def hq(cluster: Cluster, tmp_path: Path) -> Iterator[RealHq]:
    with started(cluster.headquarters(tmp_path / "hq", cluster.new_database(tmp_path.name))) as hq:
        assert import_json(hq, RULES).status_code == 200
        yield hq


@asynccontextmanager
async def transaction(hq: RealHq) -> AsyncIterator[AsyncConnection]:
    """Write beside headquarters, as another of its workers does."""
    engine = create_async_engine(hq.settings.database_url)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


async def until_somebody_waits(beside: RealHq) -> None:
    while True:
        async with transaction(beside) as looking:
            if (await looking.execute(WAITING)).scalar_one():
                return
        await asyncio.sleep(0.02)


async def lock_coupon(connection: AsyncConnection, name: str) -> None:
    """Lock a coupon as a sale does, but wait for nobody."""
    await connection.execute(text("SELECT id FROM coupon WHERE id = :name FOR UPDATE NOWAIT"), {"name": name})


@pytest.mark.parametrize(
    "document",
    [
        {"coupons": [{"id": "C1", "delete": True}, {"id": "C5", "template": "T1"}]},
        {"coupons": [{"id": "C5", "delete": True}, {"id": "C1", "delete": True}]},
        {
            "coupons": [{"id": "C5", "template": "T1"}],
            "members": [{"id": "M1", "name": "陈静宜", "home_store": "S002"}],
        },
    ],
    ids=["one issued, one withdrawn", "withdrawn in another order", "one issued, all of its member's"],
)
def test_an_import_of_coupons_takes_them_in_the_order_of_sales(hq: RealHq, document: dict[str, Any]) -> None:
    async def drive() -> int:
        async with transaction(hq) as sale:
            await lock_coupon(sale, "C1")
            importing = asyncio.create_task(asyncio.to_thread(import_json, hq, document))
            await until_somebody_waits(hq)
            await lock_coupon(sale, "C5")
        return (await importing).status_code

    assert asyncio.run(drive()) == 200


def test_a_round_takes_leases_before_coupons_as_sales_do(hq: RealHq) -> None:
    Till(hq.enrol("S001"), hq)
    import_json(hq, {"coupon_templates": [RULES["coupon_templates"][0] | {"offline": "leased"}]})
    assert hq.administrator("POST", "/v1/leases/round")["granted"] == 5
    import_json(hq, {"coupon_templates": RULES["coupon_templates"]})

    async def drive() -> int:
        async with transaction(hq) as sale:
            await sale.execute(text("SELECT id FROM lease WHERE key = 'C5' FOR UPDATE NOWAIT"))
            asking = asyncio.create_task(asyncio.to_thread(hq.administrator, "POST", "/v1/leases/round"))
            await until_somebody_waits(hq)
            await lock_coupon(sale, "C5")
        return int((await asking)["asked"])

    assert asyncio.run(drive()) == 5
