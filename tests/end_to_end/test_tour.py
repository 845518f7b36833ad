"""`granary demo` with no display: it says so, takes the tour offscreen, and leaves pictures."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pos_app.proving.demo import prepare
from pos_app.proving.served_hq import ServedHq
from pos_app.store.register_folder import RegisterFolder

STEPS = ("sign-in", "checkout", "scanned", "settle", "cash", "receipt", "next-customer", "offline", "online-again")


@pytest.mark.timeout(180)
def test_without_a_display_the_demo_takes_the_whole_tour_and_leaves_pictures(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    command = [sys.executable, "-m", "pos_app", "demo", "--data", str(tmp_path / "demo")]
    run = subprocess.run(
        [*command, "--pictures", str(tmp_path / "pictures")],
        capture_output=True,
        check=False,
        timeout=170,
        env=environment,
    )
    said = run.stdout.decode()
    assert run.returncode == 0, said + run.stderr.decode()[-2000:]
    assert "There is no display" in said
    assert "both are there, once" in said
    names = {picture.stem.partition("-")[2] for picture in (tmp_path / "pictures").glob("*.png")}
    assert names == set(STEPS)
    assert len(list((tmp_path / "demo" / "register" / "printouts").glob("*.png"))) == 2


@pytest.mark.loopback
@pytest.mark.timeout(120)
def test_a_register_that_does_not_open_ends_the_tour_with_the_reason(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pos_app", "demo", "--tour", "--data", str(tmp_path / "demo")]
    folder = RegisterFolder(tmp_path / "demo/register")
    with ServedHq(tmp_path / "demo/hq") as hq:
        prepare(hq, folder)
    folder.journal.unlink()

    run = subprocess.run(
        [*command, "--pictures", str(tmp_path / "pictures")],
        capture_output=True,
        check=False,
        timeout=100,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )

    assert run.returncode == 1
    assert "The journal journal.db is gone" in run.stderr
    assert "Traceback" not in run.stderr
