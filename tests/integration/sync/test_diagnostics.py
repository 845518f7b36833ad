"""The diagnostics bundle of a register that sells: it tells how things stand, and nothing that is anybody's."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_app.bootstrap.counter import RegisterAtHand, line_figures
from pos_app.bootstrap.diagnostics import write_bundle
from pos_app.bootstrap.log_lines import last_lines
from pos_app.bootstrap.paper import NO_PRINTER
from pos_app.cli import run
from pos_app.domain.errors import Breakdown, Refusal
from pos_app.proving.demo import CHAIN
from pos_app.store.register_folder import RegisterFolder
from pos_app.ui.ports import LineStatus, Trouble
from tests.support.real_hq import RealHq
from tests.support.till import OPENING
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE = "6999999000129"
PHONE = "13800002233"
STORE_SECRET = "5e" * 32
LOGGED = (
    '{"event": "pushed", "level": "info", "sent": 3, "acked": "1:7", "member": "13800002233", '
    '"timestamp": "2026-06-18T02:42:00.123456Z"}\n'
    '{"event": "broke", "worker": "push", "exception": "Traceback (most recent call last):\\n'
    '  File \\"D:/wang/granary/sync/client/push.py\\", line 88, in once\\n    raise ValueError(phone)\\n'
    'ValueError: 13800002233 of 赵春芽"}\n'
    "13800002233 was printed by a library\n"
    '  File "D:/wang/.venv/lib/python3.11/site-packages/httpx/_client.py", line 1, in send\n'
    '{"event": 13800002233, "code": "13800002233", "topics": ["member", "赵春芽"]}\n'
)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[WholeRegister]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", content=CHAIN.read_bytes(), headers={"Content-Type": "application/json"})
    register = enrolled(hq, tmp_path / "register", "S001")
    register.sell(RICE_CODE, 2)
    register.sync()
    register.opened.selling.scan(PHONE)
    register.sell(RICE_CODE)
    register.folder.keep_store_secret(STORE_SECRET)
    register.folder.log.write_text(LOGGED, encoding="utf-8")
    yield register
    register.stop()
    hq.stop()


def read(bundle: Path) -> dict[str, str]:
    with zipfile.ZipFile(bundle) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def whose(register: WholeRegister) -> set[str]:
    """All that a person of this chain is called or knows, and the register's secrets."""
    chain = json.loads(CHAIN.read_text(encoding="utf-8"))
    members = {each[name] for each in chain["members"] for name in ("name", "phone", "card", "id")}
    staff = {each["name"] for each in chain["operators"]}
    hashes = {
        json.loads(body)["pin_hash"]
        for each in chain["operators"]
        if (body := register.opened.replica.document("operator", each["id"])) is not None
    }
    assert hashes
    identity, pem = register.folder.identity(), register.folder.key()
    assert identity is not None
    assert pem is not None
    secrets = {line for line in pem.decode().splitlines() if line} | {
        identity.public_key,
        register.hq.settings.admin_token,
    }
    return (members | staff | hashes | secrets | {"wang", "赵春芽", STORE_SECRET}) - {""}


def test_it_says_how_the_register_stands(register: WholeRegister, tmp_path: Path) -> None:
    line = LineStatus(online=False, since=OPENING, waiting=1, trouble=Trouble("line_down", OPENING, {"phone": PHONE}))

    parts = read(write_bundle(register.folder, tmp_path, line_figures(line)))

    journal, replica = json.loads(parts["journal.json"]), json.loads(parts["replica.json"])
    head = register.opened.journal.head()
    assert journal["head"] == [head.position.epoch, head.position.seq, head.hash.hex()]
    assert (journal["waiting"], journal["kinds"], journal["sound"]) == (1, {"sale": 2}, "ok")
    assert journal["chain"] == {"facts": 2, "verified": True}
    assert (replica["acknowledged"], replica["sound"]) == ([1, 1], "ok")
    assert replica["documents"]["product chain"] > 10
    assert replica["words"]["as_of"]
    assert json.loads(parts["register.json"])["device"] == "S001-R1"
    assert json.loads(parts["line.json"])["trouble"] == "line_down"
    assert json.loads(parts["about.json"])["granary"] == "0.1.0"


def test_nothing_in_it_is_anybodys(register: WholeRegister, tmp_path: Path) -> None:
    line = LineStatus(online=False, since=OPENING, trouble=Trouble("line_down", OPENING, {"phone": PHONE}))

    parts = read(write_bundle(register.folder, tmp_path, line_figures(line)))

    found = {word for word in whose(register) for text in parts.values() if word in text}
    assert found == set()
    pins = re.compile(r"\b(1234|2345|3456)\b")
    assert [text for text in parts.values() if pins.search(text)] == []


def test_of_the_log_what_happened_passes_and_what_it_was_about_does_not(register: WholeRegister) -> None:
    pushed, broke, library, odd = (json.loads(line) for line in last_lines(register.folder.log))

    assert pushed == {
        "event": "pushed", "level": "info", "sent": 3, "acked": "1:7", "timestamp": "2026-06-18T02:42:00.123456Z",
    }  # fmt: skip
    assert broke == {"event": "broke", "worker": "push", "exception": ["sync/client/push.py:88 once", "ValueError"]}
    assert library == {"text": ["lib/python3.11/site-packages/httpx/_client.py:1 send"]}
    assert odd == {"topics": ["member"]}


def test_a_register_that_is_half_broken_tells_what_it_can(register: WholeRegister, tmp_path: Path) -> None:
    register.stop()
    register.folder.journal.write_bytes(b"\xff" * 8192)
    register.folder.preferences.write_text("{", encoding="utf-8")

    parts = read(write_bundle(register.folder, tmp_path, {}))

    assert json.loads(parts["journal.json"]) == {"failed": "file_damaged"}
    assert json.loads(parts["replica.json"])["sound"] == "ok"


def test_a_machine_that_is_no_register_yet_has_a_bundle_too(tmp_path: Path) -> None:
    folder = RegisterFolder(tmp_path / "new")
    folder.prepare()

    parts = read(write_bundle(folder, tmp_path, {}))

    assert json.loads(parts["register.json"]) == {}
    assert json.loads(parts["journal.json"]) == {"failed": "journal_missing"}


def test_of_a_folder_that_never_was_a_registers_there_is_none(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other").mkdir()
    for data in ("nowhere", "other"):
        assert run(["diagnostics", "--data", str(tmp_path / data), "--to", str(tmp_path)]) == 1
        told = capfd.readouterr()
        assert (told.out, str(tmp_path / data) in told.err) == ("", True)
    assert list(tmp_path.glob("*.zip")) == []


def test_a_person_presses_a_button_and_a_process_beside_the_sales_writes_it(
    register: WholeRegister, tmp_path: Path
) -> None:
    target = tmp_path / "优盘"
    target.mkdir()

    written = RegisterAtHand(register.folder, NO_PRINTER).write_diagnostics(str(target))

    assert Path(written).parent == target
    assert json.loads(read(Path(written))["journal.json"])["chain"]["verified"] is True


def test_a_folder_that_is_none_or_cannot_be_written_is_told(
    register: WholeRegister, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    at_hand = RegisterAtHand(register.folder, NO_PRINTER)
    with pytest.raises(Refusal, match="diagnostics_folder"):
        at_hand.write_diagnostics(str(tmp_path / "gone"))
    with pytest.raises(Breakdown, match="diagnostics_failed"):
        at_hand.write_diagnostics("/proc/self")

    assert run(["diagnostics", "--data", str(register.folder.path), "--to", str(tmp_path / "gone")]) == 1
    assert "gone" in capfd.readouterr().err
