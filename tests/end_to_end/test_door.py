"""`granary`: what a person meets who types a command wrong, or asks how it is used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pos_app.cli import COMMANDS
from tests.architecture.tree import ROOT


def granary(*arguments: str, place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pos_app", *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_how_it_is_used(command: str, tmp_path: Path) -> None:
    done = granary(command, "--help", place=tmp_path)

    assert done.returncode == 0, done.stderr
    assert f"usage: granary {command}" in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_command_is_answered_with_those_there_are(tmp_path: Path) -> None:
    done = granary("sell", place=tmp_path)

    assert done.returncode == 2
    assert "'sell'" in done.stderr
    assert all(command in done.stderr for command in COMMANDS)
    assert "Traceback" not in done.stderr


def test_without_a_command_all_are_shown(tmp_path: Path) -> None:
    done = granary(place=tmp_path)

    assert done.returncode == 0
    assert all(f"  {command}" in done.stdout for command in COMMANDS)


def test_a_misread_code_is_said_and_the_others_are_still_decoded(tmp_path: Path) -> None:
    done = granary("decode", "6999999000128", "6999999000129", place=tmp_path)

    assert done.returncode == 2
    assert "6999999000128: the check digit is wrong" in done.stderr
    assert '"key": "06999999000129"' in done.stdout.splitlines()[1]


@pytest.mark.parametrize(
    ("language", "said"),
    [("C.UTF-8", "There is no enrolled register in"), ("zh_CN.UTF-8", "里没有已注册的收银台"), ("", "There is no")],
)
def test_what_goes_wrong_is_said_in_words_and_in_the_terminals_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.setenv("LANG", language)
    monkeypatch.setenv("PYTHONUTF8", "1")

    done = granary("sync-agent", "--data", str(tmp_path / "nowhere"), place=tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith("granary sync-agent: ")
    assert said in done.stderr
    assert str(tmp_path / "nowhere") in done.stderr


def test_a_proof_whose_package_is_missing_says_which_and_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ModuleNotFoundError('no pyarrow here', name='pyarrow')\n")
    done = subprocess.run(
        [sys.executable, "-m", "pos_app", "replay"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "pyarrow" in done.stderr
    assert "make setup" in done.stderr
    assert "Traceback" not in done.stderr
