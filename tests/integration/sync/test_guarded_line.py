"""TLS by a chain's own authority, over real sockets: a register that enrolled tells headquarters from a stranger."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from pos_app.bootstrap.line import enrol_register, wired_sync
from pos_app.bootstrap.register import Surroundings, open_register
from pos_app.devices.clock import TimedIds
from pos_app.domain.errors import LineTalksRubbish, Refusal
from pos_app.domain.ids import OperatorId
from pos_app.store.register_folder import RegisterFolder
from sync.client.engine import SyncEngine
from sync.hq.certifying import certify, find_tls, own_authority
from sync.hq.embedded import EmbeddedHq
from sync.hq.main import main
from sync.hq.settings import Settings
from sync.protocol.authority import fingerprint, in_groups, split_code, trusting
from tests.architecture.tree import ROOT
from tests.integration.hq.till import small_chain
from tests.support.ports import HandClock, Tray
from tests.support.real_hq import CHEAP_PIN
from tests.support.whole_register import OPENS_AT

pytestmark = pytest.mark.loopback

NOW = datetime.now(UTC)
EVERYWHERE = "0.0.0.0"  # noqa: S104 — what is warned of


@contextmanager
def served(folder: Path, port: int = 0) -> Iterator[EmbeddedHq]:
    """Serve a headquarters by the certificates in its folder."""
    settings = replace(Settings.embedded(folder, pin_cost=CHEAP_PIN), tls=find_tls(folder))
    with EmbeddedHq(settings, port=port) as hq:
        yield hq


def ask(hq: EmbeddedHq, path: str, what: object) -> dict[str, str]:
    token = {"Authorization": f"Bearer {hq.settings.admin_token}"}
    trust = trusting(own_authority(hq.settings.folder))
    answer = httpx.post(hq.address + path, json=what, headers=token, trust_env=False, verify=trust)
    assert answer.is_success, answer.text
    said: dict[str, str] = answer.json()
    return said


def code_of(hq: EmbeddedHq) -> str:
    return ask(hq, "/v1/enrolment-codes", {"store": "S001"})["code"]


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[EmbeddedHq]:
    certify(tmp_path / "hq", ["hq.example"], days=30, now=NOW)
    with served(tmp_path / "hq") as hq:
        ask(hq, "/v1/import", small_chain())
        yield hq


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[EmbeddedHq]:
    """Give another chain's headquarters, as good as ours but for its authority."""
    certify(tmp_path / "stranger", [], days=30, now=NOW)
    with served(tmp_path / "stranger") as stranger:
        ask(stranger, "/v1/import", small_chain())
        yield stranger


@pytest.fixture
def folder(tmp_path: Path) -> RegisterFolder:
    return RegisterFolder(tmp_path / "register")


def pull(folder: RegisterFolder, address: str = "") -> None:
    identity = folder.identity()
    assert identity is not None
    if address:
        identity = replace(identity, headquarters=address)
    with wired_sync(folder, identity) as wiring:
        SyncEngine(wiring).pull_once()


def test_a_register_enrols_by_a_code_with_a_fingerprint_and_sells_over_a_guarded_line(
    hq: EmbeddedHq, folder: RegisterFolder
) -> None:
    code = code_of(hq)
    assert hq.address.startswith("https://")
    identity = enrol_register(folder, hq.address, code.lower().replace("-", " "))

    clock, tray = HandClock(OPENS_AT), Tray()
    with ExitStack() as closing:
        opened = open_register(folder, identity, Surroundings(clock, TimedIds(clock), tray, tray))
        closing.callback(opened.close)
        due = opened.selling.scan("6999999000112").quote.payable
        opened.selling.complete_with_cash(due, OperatorId("1001"))
        engine = SyncEngine(closing.enter_context(wired_sync(folder, identity)))
        assert engine.push_once().acked.seq == 1
        assert engine.status().online

    assert fingerprint(folder.authority()) == split_code(code)[1]


def test_a_register_refuses_a_headquarters_of_another_authority(
    hq: EmbeddedHq, stranger: EmbeddedHq, folder: RegisterFolder
) -> None:
    enrol_register(folder, hq.address, code_of(hq))

    with pytest.raises(LineTalksRubbish) as refused:
        pull(folder, stranger.address)
    pull(folder)

    assert refused.value.code == "answer_not_trusted"


def test_a_code_is_not_told_to_who_is_not_the_headquarters_that_gave_it(
    hq: EmbeddedHq, stranger: EmbeddedHq, folder: RegisterFolder
) -> None:
    code, strangers = code_of(hq), code_of(stranger)
    # The stranger would even take it: the one-time part is one of its own.
    mixed = f"{split_code(strangers)[0]}-{in_groups(split_code(code)[1])}"

    with pytest.raises(Refusal) as refused:
        enrol_register(folder, stranger.address, mixed)

    assert refused.value.code == "authority_other"
    assert refused.value.details["found"] == in_groups(split_code(strangers)[1])
    assert folder.identity() is None
    assert folder.authority() == ""
    # It has not heard the code: that is still unused there.
    enrol_register(folder, stranger.address, strangers)


def test_a_code_with_a_fingerprint_is_not_said_over_a_plain_line(hq: EmbeddedHq, folder: RegisterFolder) -> None:
    with pytest.raises(Refusal) as refused:
        enrol_register(folder, hq.address.replace("https:", "http:"), code_of(hq))

    assert refused.value.code == "address_plain"


def test_a_headquarters_without_an_authority_of_its_own_is_not_the_one_that_gave_the_code(
    hq: EmbeddedHq, folder: RegisterFolder, tmp_path: Path
) -> None:
    tls = find_tls(hq.settings.folder)
    assert tls is not None
    other = Settings.embedded(tmp_path / "other", pin_cost=CHEAP_PIN)
    with EmbeddedHq(replace(other, tls=replace(tls, authority=""))) as bought, pytest.raises(Refusal) as refused:
        enrol_register(folder, bought.address, code_of(hq))

    assert refused.value.code == "authority_other"


def test_a_code_without_a_fingerprint_trusts_the_worlds_authorities_alone(
    hq: EmbeddedHq, folder: RegisterFolder
) -> None:
    with pytest.raises(LineTalksRubbish) as refused:
        enrol_register(folder, hq.address, split_code(code_of(hq))[0])

    assert refused.value.code == "answer_not_trusted"


def test_a_certificate_that_was_renewed_is_trusted_and_one_that_ran_out_is_named(
    tmp_path: Path, folder: RegisterFolder
) -> None:
    home = tmp_path / "hq"
    certify(home, [], days=30, now=NOW)
    with served(home) as hq:
        ask(hq, "/v1/import", small_chain())
        enrol_register(folder, hq.address, code_of(hq))
        port = urlsplit(hq.address).port or 0
    authority = own_authority(home)

    certify(home, [], days=30, now=NOW)
    with served(home, port):
        pull(folder)
    certify(home, [], days=1, now=NOW - timedelta(days=3))
    with served(home, port), pytest.raises(LineTalksRubbish, match="expired"):
        pull(folder)

    assert own_authority(home) == authority


def test_keys_are_read_by_their_owner_alone(tmp_path: Path) -> None:
    certify(tmp_path, [], days=1, now=NOW)

    for name in ("authority.key", "server.key"):
        assert stat.S_IMODE((tmp_path / "tls" / name).stat().st_mode) == 0o600


def test_a_person_certifies_and_serves_and_makes_a_code(
    tmp_path: Path, folder: RegisterFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--data", str(tmp_path / "hq")]
    (tmp_path / "chain.json").write_text(json.dumps(small_chain()))
    assert main(["certify", "--name", "hq.example", "--name", "192.168.1.5", *home]) == 0
    command = [sys.executable, "-m", "pos_app", "hq", "serve", "--port", "0", "--until-eof", *home]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        assert main(["import", str(tmp_path / "chain.json"), "--hq", address, *home]) == 0
        capsys.readouterr()
        assert main(["enrol-code", "--store", "S001", "--hq", address, *home]) == 0
        code = capsys.readouterr().out.split()[0]

        assert enrol_register(folder, address, code).device == "S001-R1"
        process.communicate("")

    assert split_code(code)[1] == fingerprint(own_authority(tmp_path / "hq"))


@pytest.mark.parametrize(("host", "certified", "warned"), [(EVERYWHERE, 0, 1), ("127.0.0.1", 0, 0), (EVERYWHERE, 1, 0)])
def test_a_line_that_is_open_to_other_machines_is_warned_of(
    tmp_path: Path, host: str, certified: int, warned: int
) -> None:
    if certified:
        certify(tmp_path, [], days=1, now=NOW)
    command = [sys.executable, "-m", "pos_app", "hq", "serve", "--host", host, "--port", "0", "--until-eof"]

    ended = subprocess.run(
        [*command, "--data", str(tmp_path)], cwd=ROOT, input="", capture_output=True, text=True, check=True
    )

    assert ended.stderr.count("not guarded") == warned


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["serve", "--certificate", "server.pem"], "--certificate and --key go together"),
        (["serve", "--certificate", "nowhere.pem", "--key", "nowhere.key"], "the certificate nowhere.pem cannot be"),
        (["certify", "--days", "0"], "--days takes 1 to 825"),
        (["certify", "--name", "总部"], "--name 总部 is neither a name nor an address"),
    ],
)
def test_what_cannot_be_certified_or_served_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str], says: str
) -> None:
    assert main([*asked, "--data", str(tmp_path)]) == 2
    assert says in capsys.readouterr().err
