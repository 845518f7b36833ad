"""Headquarters over a PostgreSQL server of our own. Where there is none its tests skip."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pos_app.proving import own_postgresql
from pos_app.proving.own_postgresql import NoPostgresql
from sync.hq.settings import Settings
from tests.integration.hq.till import small_chain
from tests.support.real_hq import CHEAP_PIN, RealHq


class Cluster(own_postgresql.Cluster):
    """A running server that headquarters stand on."""

    def headquarters(self, folder: Path, database: str) -> RealHq:
        """Give a headquarters over a database, not started."""
        hq = RealHq(folder)
        hq.settings = Settings.embedded(folder, database_url=self.url(database), pin_cost=CHEAP_PIN)
        return hq


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Make a server, and take it away. Nothing of it outlives a test, so nothing is synced."""
    try:
        own_postgresql.check_there_is_one()
    except NoPostgresql as missing:
        pytest.skip(str(missing))
    with own_postgresql.running_cluster("-c fsync=off") as running:
        yield Cluster(running.folder, running.log, running.options)


@contextmanager
def started(hq: RealHq) -> Iterator[RealHq]:
    """Run a headquarters with two stores."""
    hq.start()
    try:
        hq.administrator("POST", "/v1/import", json=small_chain())
        yield hq
    finally:
        hq.stop()
