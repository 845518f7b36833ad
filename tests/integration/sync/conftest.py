from pathlib import Path

import pytest

from tests.support.branch import Branch


@pytest.fixture
def branch(tmp_path: Path) -> Branch:
    return Branch(tmp_path / "spool")
