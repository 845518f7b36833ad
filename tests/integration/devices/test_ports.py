"""The ways to a printer, each with what can be wrong on it: sockets that lie, files that are not there or full."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from pos_app.devices.paper import PAPER_80
from pos_app.devices.printer.device_port import DevicePort
from pos_app.devices.printer.jobs import PrinterJobs
from pos_app.devices.printer.network_port import NetworkPort
from pos_app.devices.printer.ports import JobInDoubt
from pos_app.devices.printer.simulator.interpreter import Interpreter
from pos_app.devices.printer.simulator.server import PrinterSimulator
from pos_app.domain.errors import PrinterDown
from tests.support.receipts import receipt, until, words

pytestmark = pytest.mark.loopback

JOB = PrinterJobs(words(), PAPER_80).receipt(receipt(), kick=False)
READY = b"\x12"
RESET = (1).to_bytes(4, "little") + bytes(4)
"""SO_LINGER for no time: closing the socket breaks the line off."""
Talk = Callable[[socket.socket], None]


@pytest.fixture
def stranger() -> Iterator[Callable[[Talk], NetworkPort]]:
    """Something at a printer's address that talks as it is told to."""
    servers: list[tuple[socket.socket, Thread]] = []

    def start(talk: Talk) -> NetworkPort:
        server = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            line, _ = server.accept()
            with line, suppress(ConnectionError):
                talk(line)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        servers.append((server, thread))
        return NetworkPort("127.0.0.1", server.getsockname()[1], status_wait_s=0.3, done_wait_s=0.5)

    yield start
    for server, thread in servers:
        thread.join(5)
        server.close()


def until_closed(line: socket.socket) -> None:
    while line.recv(4096):
        pass


def test_a_printer_that_says_nothing_is_down_before_anything_was_sent(stranger: Callable[[Talk], NetworkPort]) -> None:
    with pytest.raises(PrinterDown) as down:
        stranger(until_closed).deliver(JOB)

    assert down.value.code == "printer_silent"
    assert not isinstance(down.value, JobInDoubt)


def test_a_stranger_who_chatters_is_no_printer(stranger: Callable[[Talk], NetworkPort]) -> None:
    def chatter(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 400 Bad Request\r\nserver: x" * 20)
        until_closed(line)

    with pytest.raises(PrinterDown) as down:
        stranger(chatter).check()

    assert down.value.code == "printer_silent"


def test_a_printer_that_reports_unasked_is_understood(stranger: Callable[[Talk], NetworkPort]) -> None:
    def report(line: socket.socket) -> None:
        for _ in range(3):
            line.recv(3)
            line.sendall(b"\x14\x00\x00\x0f" * 2 + READY)
        until_closed(line)

    stranger(report).check()


def test_a_line_that_breaks_within_a_job_leaves_it_in_doubt(stranger: Callable[[Talk], NetworkPort]) -> None:
    def break_off(line: socket.socket) -> None:
        for _ in range(3):
            line.recv(3)
            line.sendall(READY)
        line.recv(100)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    with pytest.raises(JobInDoubt) as doubt:
        stranger(break_off).deliver(JOB)

    assert doubt.value.code == "printer_cut_off"


def test_a_job_is_in_doubt_when_nobody_says_that_it_is_done(stranger: Callable[[Talk], NetworkPort]) -> None:
    def take_all(line: socket.socket) -> None:
        for _ in range(3):
            line.recv(3)
            line.sendall(READY)
        until_closed(line)

    with pytest.raises(JobInDoubt):
        stranger(take_all).deliver(JOB)


def test_a_printer_that_never_speaks_can_be_used_as_one() -> None:
    printer = PrinterSimulator()
    NetworkPort(printer.host, printer.port, answers=False).deliver(JOB)
    until(lambda: len(printer.printed) == 1)
    printer.close()

    assert printer.printed[0].data == JOB


def test_an_address_where_nobody_is_is_named() -> None:
    gone = PrinterSimulator()
    gone.close()

    with pytest.raises(PrinterDown) as down:
        NetworkPort("127.0.0.1", gone.port).check()

    assert (down.value.code, down.value.details) == ("printer_unreachable", {"address": f"127.0.0.1:{gone.port}"})


def test_a_question_in_two_pieces_is_answered_and_is_no_part_of_the_paper() -> None:
    printer = PrinterSimulator()
    with socket.create_connection((printer.host, printer.port), 5) as line:
        line.sendall(JOB[:100] + b"\x10")
        until(lambda: len(printer._held) == 0)
        line.sendall(b"\x04\x04" + JOB[100:])
        assert line.recv(1) == READY
        until(lambda: len(printer.printed) == 1)
    printer.close()

    assert printer.printed[0].data == JOB


def test_a_device_file_takes_the_whole_job(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.touch()

    DevicePort(str(device)).check()
    DevicePort(str(device)).deliver(JOB)
    DevicePort(str(device)).deliver(JOB)

    assert device.read_bytes() == JOB * 2
    assert len(Interpreter(PAPER_80).feed(device.read_bytes())) == 2


def test_a_device_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(PrinterDown) as down:
        DevicePort(str(tmp_path / "lp9")).deliver(JOB)

    assert down.value.code == "printer_device"
    assert down.value.details["path"] == str(tmp_path / "lp9")
    assert not (tmp_path / "lp9").exists()


def test_a_device_that_stops_taking_bytes_leaves_the_job_in_doubt(tmp_path: Path) -> None:
    """A pipe that nobody reads takes some and then no more, as a printer without paper does."""
    os.mkfifo(tmp_path / "lp0")
    reader = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    port = DevicePort(str(tmp_path / "lp0"), write_wait_s=0.2)

    with pytest.raises(JobInDoubt):
        port.deliver(JOB * 200)
    with pytest.raises(PrinterDown) as down:
        port.deliver(JOB)
    os.close(reader)

    assert down.value.code == "printer_takes_nothing"
    assert not isinstance(down.value, JobInDoubt)
