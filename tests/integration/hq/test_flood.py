"""A flood of rubbish from strangers at a real headquarters process, while a register sells and pushes."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
import zstandard

from pos_app.proving.served_hq import ServedHq
from sync.client.clock import HqClock
from sync.client.enrolment import enrol, make_key
from sync.client.signing import Identity
from sync.client.transport import HqLine
from sync.hq import answers
from sync.hq.embedded import EmbeddedHq
from sync.hq.settings import Settings
from sync.protocol.signatures import RequestParts, new_key, sign_request
from tests.integration.hq.till import Till, small_chain
from tests.support.real_hq import CHEAP_PIN

pytestmark = pytest.mark.loopback

MIB = 1024 * 1024
FLOOD_S = 6.0
ROOM_MIB = 96
"""So much may headquarters grow by; the bodies that are thrown at it at any moment are several times that."""
SLOW = 60
PATIENCE_S = 60.0
PUSHES = 20


@dataclass(slots=True)
class Flood:
    """Strangers, each on a thread of his own."""

    address: tuple[str, int]
    ends_s: float
    statuses: Counter[str] = field(default_factory=Counter)
    _threads: list[threading.Thread] = field(default_factory=list)

    def pour(self, once: Callable[["Flood"], None], strangers: int) -> None:
        """Let so many do a thing again and again."""

        def go_on() -> None:
            while time.monotonic() < self.ends_s:
                with suppress(OSError):
                    once(self)

        for _ in range(strangers):
            self._threads.append(threading.Thread(target=go_on, daemon=True))
            self._threads[-1].start()

    def join(self) -> None:
        for each in self._threads:
            each.join()

    def throw(self, head: str, *pieces: bytes) -> None:
        """Send, and note what is answered."""
        with closing(socket.create_connection(self.address, timeout=5)) as near:
            near.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
            with suppress(OSError):
                for piece in pieces:
                    near.sendall(piece)
            words = near.recv(64).split(b" ")
            self.statuses[words[1].decode() if len(words) > 1 else "nothing"] += 1


FACTS = "POST /v1/devices/S001-R1/facts HTTP/1.1\nHost: hq\nContent-Type: application/jsonl"
ENROL = "POST /v1/devices/enrol HTTP/1.1\nHost: hq\nContent-Type: application/json"


def big_bodies(flood: Flood) -> None:
    flood.throw(f"{FACTS}\nContent-Length: {8 * MIB}", *[b"x" * MIB] * 8)


def endless_bodies(flood: Flood) -> None:
    flood.throw(f"{FACTS}\nTransfer-Encoding: chunked", *[b"100000\r\n" + b"x" * MIB + b"\r\n"] * 24)


def wrongly_signed_bodies(flood: Flood) -> None:
    """They name a register that there is; its key they do not have."""
    body = b"x" * (4 * MIB)
    parts = RequestParts("POST", "/v1/devices/S001-R1/facts", {})
    signed = sign_request(parts, body, device="S001-R1", key=new_key(), created=HqClock().now(), nonce="n")
    headers = "\n".join(f"{name}: {value}" for name, value in signed.items())
    flood.throw(f"{FACTS}\n{headers}\nContent-Length: {len(body)}", body)


def bombs(flood: Flood) -> None:
    body = zstandard.compress(b"[" * (64 * MIB))
    flood.throw(f"{ENROL}\nContent-Encoding: zstd\nContent-Length: {len(body)}", body)


def rubbish_that_says_zstd(flood: Flood) -> None:
    flood.throw(f"{ENROL}\nContent-Encoding: zstd\nContent-Length: 9000", b"\x28\xb5\x2f\xfd" + b"\xff" * 8996)


def deep_json(flood: Flood) -> None:
    flood.throw(f"{ENROL}\nContent-Length: 16000", b"[" * 16_000)


def no_http(flood: Flood) -> None:
    flood.throw("\x16\x03\x01 hello", b"\x00" * 5000)


@pytest.fixture
def hq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHq]:
    with ServedHq(tmp_path_factory.mktemp("flood") / "hq") as hq:
        hq.import_chain(small_chain())
        yield hq


class Redirected(httpx.HTTPTransport):
    """Real sockets to headquarters, whatever name was asked for."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._port = urlsplit(address).port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1", port=self._port)
        request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), PATIENCE_S)
        return super().handle_request(request)


@pytest.fixture
def till(hq: ServedHq) -> Iterator[Till]:
    key = make_key()
    with closing(HqLine(hq.address, HqClock())) as line:
        device = enrol(line, hq.enrolment_code("S001"), key).answer.device
    with Redirected(hq.address) as line:
        yield Till(Identity.read(device, key), line)


def test_a_register_pushes_through_a_flood_of_rubbish_and_memory_is_bounded(hq: ServedHq, till: Till) -> None:
    till.sell()
    till.push()
    process = psutil.Process(hq.process_id)
    before = process.memory_info().rss
    address = ("127.0.0.1", urlsplit(hq.address).port or 0)
    with ExitStack() as held:
        # Slow ones: a head that does not end, a body of which a byte came.
        for number in range(SLOW):
            slow = held.enter_context(closing(socket.create_connection(address)))
            slow.sendall(
                b"GET /healthz HTTP/1.1\r\nHost: h" if number % 2 else f"{ENROL}\nContent-Length: 900\n\n{{".encode()
            )
        flood = Flood(address, time.monotonic() + FLOOD_S)
        for once, strangers in (
            (big_bodies, 12),
            (endless_bodies, 4),
            (wrongly_signed_bodies, 12),
            (bombs, 2),
            (rubbish_that_says_zstd, 2),
            (deep_json, 2),
            (no_http, 2),
        ):
            flood.pour(once, strangers)
        grown = 0
        pushed = 0
        while time.monotonic() < flood.ends_s or pushed < PUSHES:
            till.sell()
            assert till.push(till.facts[-1:]).acked_seq == len(till.facts)
            pushed += 1
            grown = max(grown, process.memory_info().rss - before)
        flood.join()

    assert grown < ROOM_MIB * MIB, f"{grown // MIB} MiB"
    assert set(flood.statuses) <= {"400", "401", "413", "nothing"}, flood.statuses
    assert flood.statuses["401"] > 10
    assert hq.sales_count() == len(till.facts)
    assert all(row["ok"] for row in hq.chains())


def test_a_body_that_drips_holds_a_connection_for_a_while_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "BODY_S", 0.2)
    with EmbeddedHq(Settings.embedded(tmp_path / "hq", pin_cost=CHEAP_PIN)) as hq:
        address = ("127.0.0.1", urlsplit(hq.address).port or 0)
        with closing(socket.create_connection(address, timeout=PATIENCE_S)) as near:
            near.sendall(f"{ENROL}\nContent-Length: 900\n\n{{".replace("\n", "\r\n").encode())
            said = b"".join(iter(lambda: near.recv(65536), b""))

    assert said.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"body_too_slow"' in said
