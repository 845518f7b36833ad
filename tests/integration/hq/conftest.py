import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.hq.till import Till, small_chain
from tests.support.real_hq import RealHq


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a headquarters with two stores, to be copied."""
    folder = tmp_path_factory.mktemp("template") / "hq"
    real = RealHq(folder)
    real.start()
    real.administrator("POST", "/v1/import", json=small_chain())
    real.stop()
    return folder


@pytest.fixture
def hq(tmp_path: Path, template: Path) -> Iterator[RealHq]:
    """Give a headquarters with two stores."""
    shutil.copytree(template, tmp_path / "hq")
    real = RealHq(tmp_path / "hq")
    real.start()
    yield real
    real.stop()


@pytest.fixture
def new_till(hq: RealHq) -> Callable[[str], Till]:
    """Enrol registers."""
    return lambda store: Till(hq.enrol(store), hq, store)


@pytest.fixture
def till(new_till: Callable[[str], Till]) -> Till:
    """Give the first register of the first store."""
    return new_till("S001")
