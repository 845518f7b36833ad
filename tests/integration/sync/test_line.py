"""The line over real sockets: what breaks is named, nothing is applied by half, and all is there once it heals."""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest

from pos_app.domain.errors import Breakdown, LineDown, LineTalksRubbish, Refusal
from sync.client import transport
from sync.client.clock import HqClock
from sync.client.transport import HqLine, Question
from tests.support.branch import Branch
from tests.support.line import FINE, TcpLine, Weather, serve, tcp_line

pytestmark = pytest.mark.loopback


@pytest.fixture
def lined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Branch, TcpLine]]:
    """Give a register that reaches headquarters over a proxy, with less patience than in life."""
    monkeypatch.setattr(transport, "READ_S", 0.5)
    branch = Branch(tmp_path / "spool")
    with serve(branch.hq) as target, tcp_line(target) as line:
        branch.mishaps.beyond = _Redirected(line)
        yield branch, line
        branch.mishaps.beyond.close()


class _Redirected(httpx.BaseTransport):
    """Real sockets, to wherever the line begins."""

    def __init__(self, line: TcpLine) -> None:
        self._line = line
        self._sockets = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1", port=httpx.URL(self._line.address).port)
        return self._sockets.handle_request(request)

    def close(self) -> None:
        self._sockets.close()


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 35\r\n\r\n<html><title>Hotel</title></html>\r\n"
HALF = b"HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\nContent-Length: 5000\r\n\r\n{"
NO_HTTP = b"220 mail.example ESMTP\r\n\r\n"
REDIRECT = b"HTTP/1.1 307 See portal\r\nLocation: http://portal.test/\r\nContent-Length: 0\r\n\r\n"

TROUBLES = [
    (Weather(answer=HTML), LineTalksRubbish, "answer_portal"),
    (Weather(answer=HALF), LineTalksRubbish, "answer_half"),
    (Weather(answer=NO_HTTP), LineTalksRubbish, "answer_malformed"),
    (Weather(answer=REDIRECT), LineTalksRubbish, "answer_redirected"),
    (Weather(answer=b""), LineDown, "line_cut"),
    (Weather(swallow=True), LineDown, "line_timeout"),
    (Weather(cut_after_bytes=20), LineDown, "line_cut"),
]


@pytest.mark.parametrize(("weather", "family", "code"), TROUBLES)
def test_each_trouble_is_named_and_heals(
    lined: tuple[Branch, TcpLine], weather: Weather, family: type[Breakdown], code: str
) -> None:
    branch, line = lined
    branch.engine.pull_once()
    branch.hq.publish("chain", "product", "P1", {"name": "rice"})
    branch.journal.ring(3)
    line.change(weather)

    with pytest.raises(family) as pull_trouble:
        branch.engine.pull_once()
    with pytest.raises(family):
        branch.engine.push_once()
    assert pull_trouble.value.code == code
    assert branch.engine.status().trouble == code
    assert branch.replica.bodies() == {}

    line.change(FINE)
    branch.engine.pull_once()
    branch.push_all()
    assert branch.at_hq() == branch.in_journal()
    assert len(branch.replica.bodies()) == 1
    assert branch.engine.status().online


@pytest.mark.parametrize("cut_after", [1, 16, 60, 120, 180, 200, 240])
def test_a_push_cut_at_any_byte_of_the_answer_is_there_once(lined: tuple[Branch, TcpLine], cut_after: int) -> None:
    branch, line = lined
    branch.journal.ring(20)
    line.change(Weather(cut_after_bytes=cut_after))
    assert tried(branch.engine.push_once)
    assert branch.replica.acked.seq == 0
    line.change(FINE)
    branch.push_all()

    assert branch.at_hq() == branch.in_journal()
    assert branch.engine.status().waiting == 0


def test_a_line_that_doubles_every_request_delivers_each_fact_once(lined: tuple[Branch, TcpLine]) -> None:
    branch, line = lined
    line.change(Weather(double=True))
    for _ in range(5):
        branch.journal.ring(10)
        # The answer that is heard may be the one to the second asking: a replay is refused.
        with contextlib.suppress(Refusal):
            branch.push_all()

    line.change(FINE)
    branch.push_all()

    assert branch.at_hq() == branch.in_journal()


def test_a_snapshot_over_a_line_that_breaks_again_and_again_arrives(lined: tuple[Branch, TcpLine]) -> None:
    branch, line = lined
    for number in range(400):
        branch.hq.publish("chain", "product", f"P{number}", {"name": f"goods {number * 7919}"})
    breaks = 0
    line.change(Weather(cut_after_bytes=900))
    while branch.replica.installed == 0:
        breaks += tried(branch.engine.pull_once)
        assert breaks < 50
        line.change(Weather(cut_after_bytes=900))

    line.change(FINE)
    branch.engine.pull_once()

    assert breaks > 1
    assert len(branch.replica.bodies()) == 400


def test_a_slow_line_is_slow_and_nothing_worse(lined: tuple[Branch, TcpLine]) -> None:
    branch, line = lined
    line.change(Weather(delay_s=0.1))
    branch.journal.ring(3)

    branch.push_all()
    branch.engine.pull_once()

    assert branch.engine.status().online


def test_a_plug_that_is_pulled_and_put_back(lined: tuple[Branch, TcpLine]) -> None:
    branch, line = lined
    branch.engine.pull_once()
    line.cut()
    branch.journal.ring(5)
    with pytest.raises(LineDown) as down:
        branch.engine.push_once()
    assert down.value.code in {"line_unreachable", "line_cut"}
    assert branch.engine.status().waiting == 5

    line.mend()
    branch.push_all()

    assert branch.at_hq() == branch.in_journal()


def test_headquarters_that_restarts_is_no_more_than_a_pause(tmp_path: Path) -> None:
    branch = Branch(tmp_path / "spool")
    with serve(branch.hq) as (_, port), tcp_line(("127.0.0.1", port)) as line:
        branch.mishaps.beyond = _Redirected(line)
        branch.journal.ring(3)
        branch.push_all()
    with tcp_line(("127.0.0.1", port)) as line:
        branch.mishaps.beyond.close()
        branch.mishaps.beyond = _Redirected(line)
        branch.journal.ring(3)
        with pytest.raises(Breakdown):
            branch.engine.push_once()
        with serve(branch.hq, port):
            branch.push_all()
    branch.mishaps.beyond.close()

    assert branch.at_hq() == branch.in_journal()


def tried(step: Callable[[], object]) -> bool:
    """Do a step; tell whether the line broke."""
    try:
        step()
    except Breakdown:
        return True
    return False


def ask(address: str, **options: object) -> Breakdown:
    line = HqLine(address, HqClock(), **options)  # type: ignore[arg-type]  # handed on as given
    try:
        with pytest.raises(Breakdown) as trouble:
            line.ask(Question("GET", "/v1/changes"))
    finally:
        line.close()
    return trouble.value


def test_an_address_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert ask(f"http://127.0.0.1:{port}").code == "line_unreachable"


@pytest.mark.parametrize("address", ["ftp://hq.example", "hq.example", "http://", "http://hq example:x"])
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(Refusal) as refused:
        HqLine(address, HqClock())

    assert refused.value.code == "address_malformed"
    assert refused.value.details["field"] == "address"


def test_a_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_name(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_name)

    assert ask("http://hq.example").code == "line_no_name"


def test_who_does_not_speak_tls_is_not_trusted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer_plainly() -> None:
            near, _ = listener.accept()
            near.recv(1000)
            near.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            near.close()

        thread = Thread(target=answer_plainly)
        thread.start()
        trouble = ask(f"https://127.0.0.1:{port}", verify=ssl.create_default_context())
        thread.join()

    assert isinstance(trouble, LineTalksRubbish)
    assert trouble.code == "answer_not_trusted"


def test_a_drip_is_down(lined: tuple[Branch, TcpLine], monkeypatch: pytest.MonkeyPatch) -> None:
    branch, line = lined
    monkeypatch.setattr(transport, "ANSWER_S", 0.2)
    branch.journal.ring(1)
    line.change(Weather(delay_s=0.15))

    with pytest.raises(LineDown) as drip:
        branch.engine.push_once()

    assert drip.value.code == "line_timeout"
