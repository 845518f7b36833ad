"""The rules that tests themselves live by, each shown to bite: a pytest of its own, with the project's settings, in
which every test breaks one rule and must not pass.
"""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.architecture.tree import ROOT

BROKEN_RULES = {
    "a_socket_is_refused": (
        "import socket\n\ndef test_case() -> None:\n    socket.socket()\n",
        "SocketBlockedError",
    ),
    "loopback_reaches_this_machine_only": (
        (
            "import socket\nimport pytest\n\n@pytest.mark.loopback\ndef test_case() -> None:\n"
            "    with socket.socket() as line:\n        line.connect(('192.0.2.1', 9))\n"
        ),
        "SocketConnectBlockedError",
    ),
    "a_warning_is_an_error": (
        "import warnings\n\ndef test_case() -> None:\n    warnings.warn('old', stacklevel=1)\n",
        "UserWarning: old",
    ),
    "a_mark_must_be_known": (
        "import pytest\n\n@pytest.mark.slwo\ndef test_case() -> None: ...\n",
        "'slwo' not found in `markers`",
    ),
    "an_expected_failure_must_fail": (
        "import pytest\n\n@pytest.mark.xfail\ndef test_case() -> None: ...\n",
        "XPASS(strict)",
    ),
    "a_warning_of_qt_fails": (
        "from PySide6.QtCore import qWarning\n\ndef test_case(qtbot) -> None:\n    qWarning('unknown property')\n",
        "unknown property",
    ),
    "an_exception_in_a_slot_fails": (
        (
            "from PySide6.QtCore import QTimer\n\ndef test_case(qtbot) -> None:\n"
            "    def on_tick() -> None:\n        raise ValueError('lost')\n"
            "    QTimer.singleShot(0, on_tick)\n    qtbot.wait(50)\n"
        ),
        "Exceptions caught in Qt event loop",
    ),
    "a_coroutine_that_nobody_awaits_fails": (
        "import gc\n\nasync def ring() -> None: ...\n\ndef test_case() -> None:\n    ring()\n    gc.collect()\n",
        "was never awaited",
    ),
    "who_hangs_is_stopped": (
        "import time\nimport pytest\n\n@pytest.mark.timeout(0.2)\ndef test_case() -> None:\n    time.sleep(30)\n",
        "Timeout",
    ),
}
KEPT = "loopback_is_open_to_who_asks"
KEPT_TEXT = (
    "import socket\nimport pytest\n\n@pytest.mark.loopback\ndef test_case() -> None:\n"
    "    with socket.create_server(('127.0.0.1', 0)) as server, socket.socket() as line:\n"
    "        line.connect(server.getsockname())\n"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What came of each case, by its name: the words of its failure, or nothing."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    for name, (text, _) in BROKEN_RULES.items():
        (folder / f"test_{name}.py").write_text(text, encoding="utf-8")
    (folder / f"test_{KEPT}.py").write_text(KEPT_TEXT, encoding="utf-8")
    done = _pytest(folder)
    outcomes = {"": done.stdout}
    for case in ET.parse(folder / "report.xml").iter("testcase"):  # noqa: S314 — pytest wrote it just now
        name = (case.get("classname") or case.get("name") or "").rpartition("test_")[2]
        outcomes[name] = "".join(f"{part.get('message')}\n{part.text}" for part in case)
    return outcomes


def _pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    options = ["-p", "no:cacheprovider", "--continue-on-collection-errors", "--junitxml", "report.xml", str(folder)]
    return subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, timeout=90, check=False)


@pytest.mark.parametrize("rule", BROKEN_RULES)
def test_a_test_that_breaks_the_rule_does_not_pass(report: dict[str, str], rule: str) -> None:
    _, word = BROKEN_RULES[rule]

    assert word in report[rule]


def test_a_test_that_keeps_the_rules_passes(report: dict[str, str]) -> None:
    assert report[KEPT] == ""


def test_the_order_is_drawn_and_named(report: dict[str, str]) -> None:
    assert "Using --randomly-seed=" in report[""]
