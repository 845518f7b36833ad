"""How PostgreSQL goes about what each batch asks for: by an index, however old and however empty the tables are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.hq.till import OIL, RICE, Till, goods
from tests.support.postgresql import Cluster, running_cluster, started
from tests.support.real_hq import RealHq
from tests.support.receipts import until

GROWING = ("fact", "publication", "sale", "sale_line", "stock_balance", "stock_movement")
BATCH = 40
"""So many names that reading all of a young table looks cheaper."""


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


def test_no_batch_reads_a_table_that_grows_from_end_to_end(hq: RealHq, cluster: Cluster, database: str) -> None:
    till = Till(hq.enrol("S001"), hq)

    def told(kind: str) -> dict[str, int]:
        rows = cluster.ask(f"SELECT relname, {kind} FROM pg_stat_user_tables", database).splitlines()
        found = dict(row.split("|") for row in rows)
        return {name: int(found[name]) for name in GROWING}

    def taken_and_told(sales: int) -> dict[str, int]:
        """Send batches until the server's figures, which it writes a moment later, have so many sales."""

        def is_told() -> bool:
            for _ in range(BATCH):
                till.sell(goods(RICE), goods(OIL))
            till.push(till.facts[-BATCH:])
            return told("n_tup_ins")["sale"] >= sales

        until(is_told, limit_s=60)
        return told("seq_scan")

    before = taken_and_told(4 * BATCH)
    assert taken_and_told(12 * BATCH) == before
