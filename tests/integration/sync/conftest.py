from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.branch import Branch
from tests.support.two_tills import Store, two_tills


@pytest.fixture
def branch(tmp_path: Path) -> Branch:
    return Branch(tmp_path / "spool")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with two_tills(tmp_path) as store:
        yield store
