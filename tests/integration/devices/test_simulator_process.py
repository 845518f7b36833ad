"""The simulated printer in a process of its own: it keeps its paper in a folder, and ends with its register."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_app.devices.paper import PAPER_80
from pos_app.devices.printer.jobs import PrinterJobs
from pos_app.devices.printer.simulator.port import SimulatorPort
from tests.support.receipts import receipt, until, words

pytestmark = pytest.mark.loopback

JOBS = PrinterJobs(words(), PAPER_80)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[SimulatorPort]:
    opened = SimulatorPort([sys.executable, "-m", "pos_app"], tmp_path)
    yield opened
    opened.close()


def texts(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]


def test_it_starts_at_the_first_look_prints_and_starts_again_after_it_was_killed(
    port: SimulatorPort, tmp_path: Path
) -> None:
    port.check()
    port.deliver(JOBS.receipt(receipt(1), kick=True))
    until(lambda: len(list(tmp_path.glob("*.png"))) == 1, 30)
    first = port._process._process
    assert first is not None
    first.kill()
    first.wait(10)

    port.deliver(JOBS.receipt(receipt(2), kick=True))
    until(lambda: len(list(tmp_path.glob("*.png"))) == 2, 30)

    assert [number in text for number, text in zip(("0001", "0002"), texts(tmp_path), strict=True)] == [True, True]
    assert (tmp_path / "00002.bin").read_bytes() == JOBS.receipt(receipt(2), kick=True)


def test_it_ends_with_its_register(port: SimulatorPort) -> None:
    port.check()
    process = port._process._process
    assert process is not None

    port.close()

    assert process.returncode == 0
