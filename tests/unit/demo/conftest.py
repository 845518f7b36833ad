"""The demo chain as it is checked in, and its tables in a folder that a test may spoil."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).resolve().parents[3] / "resources" / "demo"


@pytest.fixture(scope="session")
def demo() -> Path:
    return DEMO


@pytest.fixture(scope="session")
def chain() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DEMO / "chain.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    copy = tmp_path / "demo"
    shutil.copytree(DEMO, copy)
    return copy
