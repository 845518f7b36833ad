from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_app.store.journal.journal import Journal
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from tests.support.small_shop import DEVICE, Counter, new_journal, stocked_replica


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = new_journal(tmp_path / "journal.db")
    yield opened
    opened.close()


@pytest.fixture
def replica_store(tmp_path: Path) -> Iterator[ReplicaStore]:
    store = stocked_replica(tmp_path)
    yield store
    store.close()


@pytest.fixture
def replica(replica_store: ReplicaStore, tmp_path: Path) -> Iterator[ReplicaReader]:
    reader = ReplicaReader(tmp_path, DEVICE)
    yield reader
    reader.close()


@pytest.fixture
def counter(replica_store: ReplicaStore, tmp_path: Path) -> Iterator[Counter]:
    opened = Counter(tmp_path)
    yield opened
    opened.close()
