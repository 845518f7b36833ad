"""Headquarters on a socket, in a thread or a process of its own, and the commands of its people."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread, Timer
from time import monotonic, sleep

import httpx
import pytest

from pos_app.domain.errors import Breakdown, FileDamaged
from sync.client.clock import HqClock
from sync.client.enrolment import enrol, make_key
from sync.client.signing import Identity
from sync.client.transport import HqLine
from sync.hq.embedded import EmbeddedHq
from sync.hq.main import main
from sync.hq.serving import listen
from sync.hq.settings import Settings
from tests.architecture.tree import ROOT
from tests.integration.hq.till import RICE, Till, small_chain
from tests.support.real_hq import CHEAP_PIN

pytestmark = pytest.mark.loopback


@pytest.fixture
def served(tmp_path: Path) -> Iterator[EmbeddedHq]:
    """Give a headquarters with two stores on loopback."""
    (tmp_path / "chain.json").write_text(json.dumps(small_chain()))
    with EmbeddedHq(Settings.embedded(tmp_path / "hq", pin_cost=CHEAP_PIN)) as hq:
        hq.seed(tmp_path / "chain.json")
        yield hq


def till_of(address: str, folder: Path) -> Till:
    with httpx.Client(base_url=address) as client:
        token = (folder / "admin.token").read_text().strip()
        made = client.post(
            "/v1/enrolment-codes", json={"store": "S001"}, headers={"Authorization": f"Bearer {token}"}
        ).json()
    key = make_key()
    line = HqLine(address, HqClock())
    answer = enrol(line, made["code"], key).answer
    line.close()
    return Till(Identity.read(answer.device, key), OverSocket(address))


def test_what_is_accepted_answers_at_once_and_waits_for_no_delayed_word() -> None:
    with listen("127.0.0.1", 0) as listener:
        register = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        with register, accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


class OverSocket(httpx.HTTPTransport):
    """Real sockets, whatever name was asked for."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = httpx.URL(address)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host=self._address.host, port=self._address.port)
        return super().handle_request(request)


def test_a_register_over_a_socket(served: EmbeddedHq) -> None:
    till = till_of(served.address, served.settings.folder)
    before, _ = till.all_changes("")
    till.sell()

    assert till.push().acked_seq == 1
    assert [change.key for change in till.all_changes(before)[1]] == [RICE]
    assert till.snapshot().startswith(b"SQLite format 3\0")
    till.transport.close()


def test_headquarters_that_goes_down_lets_go_of_held_questions(served: EmbeddedHq) -> None:
    till = till_of(served.address, served.settings.folder)
    after, _ = till.all_changes("")
    answered: list[str] = []
    held = Thread(target=lambda: answered.append(till.changes(after, wait=25)[0].cursor))
    held.start()
    sleep(0.5)

    stopping = monotonic()
    served.stop()
    held.join(5)

    assert answered == [after]
    assert monotonic() - stopping < 20
    till.transport.close()


def test_headquarters_that_cannot_open_says_why(tmp_path: Path) -> None:
    (tmp_path / "hq").mkdir()
    (tmp_path / "hq" / "hq.db").write_bytes(b"a shopping list" * 100)
    hq = EmbeddedHq(Settings.embedded(tmp_path / "hq"))

    with pytest.raises(FileDamaged):
        hq.start()
    hq.stop()


def test_a_port_that_is_taken(served: EmbeddedHq, tmp_path: Path) -> None:
    port = int(served.address.rpartition(":")[2])
    second = EmbeddedHq(Settings.embedded(tmp_path / "other"), port=port)

    with pytest.raises(Breakdown) as taken:
        second.start()
    second.stop()

    assert taken.value.code == "hq_port"


@contextmanager
def process(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start `granary hq serve` as a program does."""
    command = [sys.executable, "-m", "pos_app", "hq", "serve", "--port", "0", "--data", str(folder), "--until-eof"]
    with (folder.parent / "log").open("ab") as log:
        started = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
    with started:
        assert started.stdout is not None
        said = json.loads(started.stdout.readline())
        assert said["data"] == str(folder)
        try:
            yield started, said["address"]
        finally:
            started.kill()


def test_a_headquarters_ends_with_its_parent(tmp_path: Path) -> None:
    with process(tmp_path / "hq") as (started, address):
        assert httpx.get(f"{address}/healthz").json()["status"] == "ok"
        assert started.stdin is not None
        started.stdin.close()

        assert started.wait(20) == 0


@pytest.mark.skipif(os.name == "nt", reason="signals as Unix knows them")
def test_a_headquarters_ends_politely_on_a_signal(tmp_path: Path) -> None:
    with process(tmp_path / "hq") as (started, _):
        started.send_signal(signal.SIGTERM)

        assert started.wait(20) in {0, -signal.SIGTERM}


def test_its_log_has_no_names_codes_or_tokens(tmp_path: Path) -> None:
    with process(tmp_path / "hq") as (_, address):
        token = (tmp_path / "hq" / "admin.token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        httpx.post(f"{address}/v1/import", json=small_chain(), headers=headers)
        code = httpx.post(f"{address}/v1/enrolment-codes", json={"store": "S001"}, headers=headers).json()["code"]
        httpx.post(f"{address}/v1/import", json={"members": [{"id": "M1", "phone": "13800001137"}]}, headers=headers)
    log = (tmp_path / "log").read_text(encoding="utf-8")
    events = [json.loads(line) for line in log.splitlines()]

    assert {event["event"] for event in events} >= {"opened", "imported", "code_made", "answered"}
    assert not any(secret in log for secret in (token, code, "陈静宜", "林晓雯", "13800001137", "1234"))
    requests = [event["request"] for event in events if event["event"] == "answered"]
    assert len(set(requests)) == len(requests)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is Unix's")
def test_a_headquarters_that_is_killed_while_it_takes_facts_has_whole_batches(tmp_path: Path) -> None:
    folder = tmp_path / "hq"
    with process(folder) as (_, address):
        with httpx.Client(base_url=address) as client:
            token = (folder / "admin.token").read_text().strip()
            client.post("/v1/import", json=small_chain(), headers={"Authorization": f"Bearer {token}"})
        till = till_of(address, folder)
    for _ in range(400):
        till.sell()
    acked = 0
    for life in range(6):
        with process(folder) as (started, address):
            till.transport = OverSocket(address)
            killer = Timer(0.05 + 0.07 * life, started.kill)
            killer.start()
            try:
                while acked < 400:
                    acked = till.push(till.facts[acked : acked + 20]).acked_seq
            except httpx.TransportError:
                pass
            killer.join()
            till.transport.close()
    with process(folder) as (_, address):
        till.transport = OverSocket(address)
        again = till.push(till.facts[max(0, acked - 20) : max(1, acked)])
        assert again.acked_seq >= acked
        acked = again.acked_seq
        while acked < 400:
            acked = till.push(till.facts[acked : acked + 200]).acked_seq
        till.transport.close()
        headers = {"Authorization": f"Bearer {token}"}
        sales = httpx.get(f"{address}/v1/reports/sales", headers=headers).json()["total"]["sales"]
        stock = httpx.get(f"{address}/v1/reports/stock", headers=headers).json()
        chains = httpx.get(f"{address}/v1/reports/chains", headers=headers).json()

    assert (sales, stock["differs"], chains["broken"]) == (400, 0, 0)


def run(served: EmbeddedHq, *arguments: str) -> int:
    return main([*arguments, "--hq", served.address, "--data", str(served.settings.folder)])


def test_prices_and_codes_from_the_command_line(
    served: EmbeddedHq, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prices.csv").write_text(f"id,sku,kind,amount_yuan\nC1,{RICE},campaign,61.50\n")
    (tmp_path / "more.json").write_text(json.dumps([{"id": "C2", "sku": RICE, "kind": "base", "amount": 6800}]))
    (tmp_path / "goods.json").write_text(json.dumps([{"sku": "NEW", "name": "小米"}]))
    (tmp_path / "chain.json").write_text(json.dumps(small_chain()))

    files = ("prices.csv", "more.json", "goods.json", "chain.json")
    status = [run(served, "import", str(tmp_path / name)) for name in files]
    status.append(run(served, "enrol-code", "--store", "S001"))
    status.append(run(served, "enrol-code", "--store", "S002", "--register", "3"))
    said = capsys.readouterr()

    assert (status, said.err) == ([0] * 6, "")
    lines = said.out.splitlines()
    assert lines[0] == "prices.csv: 1 prices; 1 documents published"
    assert lines[1].startswith("more.json: 1 prices")
    assert lines[2].startswith("goods.json: 1 products")
    assert lines[3].endswith("; 0 documents published")
    assert "for S001-R1, once, until" in lines[4]
    assert "for S002-R3" in lines[5]


def test_promotions_and_coupons_from_the_command_line_with_a_warning_for_a_slip(
    served: EmbeddedHq, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "half.csv").write_text(f"id,kind,skus,size,discounted,percent\nP1,nth,{RICE};RCE5,2,1,50\n")
    (tmp_path / "templates.json").write_text(json.dumps([{"id": "T1", "kind": "cash", "off": 500}]))
    (tmp_path / "bundles.json").write_text(
        json.dumps(
            [
                {
                    "id": "P2",
                    "kind": "bundle",
                    "slots": [{"of": {"skus": [RICE]}, "quantity": 2}],
                    "price": 9900,
                    "lvl": 1,
                }
            ]
        )
    )
    (tmp_path / "coupons.csv").write_text("id,template,member\nC1,T1,M1\n")

    files = ("half.csv", "templates.json", "bundles.json", "coupons.csv")
    status = [run(served, "import", str(tmp_path / name)) for name in files]
    said = capsys.readouterr()

    assert status == [0] * 4
    assert said.err.splitlines() == [
        "warning: half.csv: row 2, skus: no product has this SKU (RCE5)",
        "warning: bundles.json: promotions: row 1, lvl: is no field of this kind; did you mean level?",
    ]
    assert said.out.splitlines() == [
        "half.csv: 1 promotions; 1 documents published",
        "templates.json: 1 coupon_templates; 1 documents published",
        "bundles.json: 1 promotions; 1 documents published",
        "coupons.csv: 1 coupons; 2 documents published",
    ]


def test_every_mistake_is_a_line(served: EmbeddedHq, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "prices.csv").write_text(f"id,sku,kind,amount_yuan\nC1,GHOST,base,1.999\nC2,{RICE},base\n")

    status = run(served, "import", str(tmp_path / "prices.csv"))

    assert status == 2
    assert capsys.readouterr().err.splitlines() == [
        "prices.csv: row 2, sku: there is no such product (GHOST)",
        "prices.csv: row 2, amount_yuan: is no amount in yuan, such as 12.50 (1.999)",
        "prices.csv: row 3: has 3 cells, and the header has 4",
        "3 mistakes; nothing was imported",
    ]


def test_bad_input_is_one_clear_line(served: EmbeddedHq, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
    wrong_token = ["--token", "wrong"]
    attempts = [
        (["import", str(tmp_path / "nothing.csv")], "cannot read"),
        (["import", str(tmp_path / "picture.png")], "neither CSV (*.csv) nor JSON"),
        (["enrol-code", "--store", "S009"], "there is no store S009"),
        (["enrol-code", "--store", "S001", "--register", "0"], "number is 1 to"),
        (["enrol-code", "--store", "S001", *wrong_token], "token is missing or wrong"),
    ]
    for arguments, words in attempts:
        status = run(served, *arguments)
        (line,) = capsys.readouterr().err.splitlines()

        assert status == 2
        assert line.startswith("granary hq: ")
        assert words in line


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["enrol-code", "--store", "S001", "--hq", "http://127.0.0.1:1"], 1, "nobody answers"),
        (["enrol-code", "--store", "S001", "--hq", "here"], 2, "no address"),
        (["serve", "--port", "99999"], 2, "is no port"),
        (["serve", "--port", "-1"], 2, "is no port"),
        (["serve", "--port", "1"] if os.geteuid() else ["serve", "--host", "192.0.2.1"], 1, "cannot listen"),
        (["serve", "--port", "0", "--database", "rubbish"], 2, "no SQLAlchemy URL"),
        (["import"], 2, "required: file"),
        (["frob"], 2, "invalid choice"),
        ([], 2, "required: COMMAND"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, words: str
) -> None:
    data = ["--data", str(tmp_path)] if len(arguments) > 1 else []

    assert main([*arguments, *data]) == status
    assert words in capsys.readouterr().err


class Portal(BaseHTTPRequestHandler):
    """Somebody else, with a page for people."""

    def do_POST(self) -> None:
        self.send_response(403)
        self.end_headers()
        self.wfile.write(b"<html>Hotel</html>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the library's own name
        del format, args


def test_somebody_else_at_the_address(capsys: pytest.CaptureFixture[str]) -> None:
    with HTTPServer(("127.0.0.1", 0), Portal) as server:
        answering = Thread(target=server.handle_request)
        answering.start()
        address = f"http://127.0.0.1:{server.server_port}"
        status = main(["enrol-code", "--store", "S001", "--hq", address, "--token", "t"])
        answering.join()

    assert status == 1
    assert "is no headquarters (status 403)" in capsys.readouterr().err
