"""The frozen register: `build.spec` makes one folder, and what is in it starts offscreen and completes a sale.

The folder is all it has: no checkout, no virtual environment, another working directory.
"""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

BUILD_LIMIT_S = 900
TOUR_LIMIT_S = 240

pytestmark = [pytest.mark.slow, pytest.mark.timeout(BUILD_LIMIT_S + TOUR_LIMIT_S + 60)]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, frozen as `make build` does."""
    place = tmp_path_factory.mktemp("frozen")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    places = ["--distpath", str(place / "dist"), "--workpath", str(place / "build")]
    done = subprocess.run(
        [*command, *places, "build.spec"],
        cwd=ROOT,
        env={**os.environ, "PYINSTALLER_CONFIG_DIR": str(place / "cache")},
        capture_output=True,
        text=True,
        timeout=BUILD_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return place / "dist" / "granary" / "granary"


def run_alone(program: Path, *arguments: str, place: Path, limit_s: int = 60) -> subprocess.CompletedProcess[str]:
    """Run with nothing of this checkout in reach."""
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(place), "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [str(program), *arguments],
        cwd=place,
        env=bare,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=limit_s,
        check=False,
    )


def test_the_frozen_register_starts_offscreen_and_completes_a_sale(frozen: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"

    done = run_alone(
        frozen, "demo", "--tour", "--data", "data", "--pictures", str(pictures), place=tmp_path, limit_s=TOUR_LIMIT_S
    )

    assert done.returncode == 0, done.stdout + done.stderr
    (journal,) = (tmp_path / "data").rglob("journal.db")
    with closing(sqlite3.connect(journal)) as connection:
        assert connection.execute("SELECT count(*) FROM fact WHERE kind = 'sale'").fetchone() == (2,)
    assert len(list(pictures.glob("*.png"))) > 1


def test_the_frozen_program_decodes_as_the_checkout_does(frozen: Path, tmp_path: Path) -> None:
    code = "6999999000129"

    done = run_alone(frozen, "decode", code, place=tmp_path)
    beside = subprocess.run(
        [sys.executable, "-m", "pos_app", "decode", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == beside.stdout


def test_the_folder_carries_no_test_and_no_tool(frozen: Path) -> None:
    inside = {path.name for path in (frozen.parent / "_internal").iterdir()}

    assert not inside & {"pytest", "hypothesis", "numpy", "pandas", "pyarrow", "tests", "mypy"}
