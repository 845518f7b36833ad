"""A sale looked up at headquarters over a real line: found, not there, and not answered in the time there is."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.bootstrap.asked_line import AskedLine
from pos_app.bootstrap.line import enrol_register
from pos_app.domain.errors import LineDown, Refusal
from pos_app.proving.demo import CHAIN
from pos_app.proving.served_hq import ServedHq
from pos_app.store.register_folder import RegisterFolder

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHq]:
    with ServedHq(tmp_path_factory.mktemp("hq")) as hq:
        hq.import_file(CHAIN)
        yield hq


@pytest.fixture
def folder(served: ServedHq, tmp_path: Path) -> RegisterFolder:
    folder = RegisterFolder(tmp_path / "register")
    enrol_register(folder, served.address, served.enrolment_code("S001"))
    return folder


def test_headquarters_is_asked_again_and_again_over_one_line(folder: RegisterFolder) -> None:
    line = AskedLine(folder, limit_s=60)
    for _ in range(2):
        with pytest.raises(Refusal, match="receipt_unknown"):
            line.sold("S002-R1-20260618-0001")
    line.close()


def test_a_headquarters_that_says_nothing_is_waited_for_so_long_and_no_longer(folder: RegisterFolder) -> None:
    identity = folder.identity()
    assert identity is not None
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        folder.keep_identity(replace(identity, headquarters=f"http://127.0.0.1:{silent.getsockname()[1]}"))
        line = AskedLine(folder, limit_s=0.3)
        began_s = time.monotonic()

        with pytest.raises(LineDown, match="sold_unanswered"):
            line.sold("S002-R1-20260618-0001")

        assert time.monotonic() - began_s >= 0.3
        line.close()
