"""`tools/setup` on machines that lack something, and on one that lacks nothing.

The machine is played by programs of our own on the PATH; what is installed for real is seen by continuous integration.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

ALL_LIBRARIES = "printf '\\t%s (libc6) => /lib/%s\\n' " + " ".join(
    f"{name} {name}"
    for line in (ROOT / "tools/setup").read_text(encoding="utf-8").splitlines()
    for name in [line.split()[-1] if line.strip() else ""]
    if name.startswith("lib") and ".so." in name
)


class Machine:
    """A folder with a checkout and a PATH of its own."""

    def __init__(self, root: Path) -> None:
        self.checkout = root / "granary"
        self._programs = root / "bin"
        self._programs.mkdir()
        self.checkout.mkdir()
        shutil.copytree(ROOT / "requirements", self.checkout / "requirements")
        shutil.copytree(ROOT / "tools", self.checkout / "tools", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", self.checkout)
        for name in ("bash", "cat", "cksum", "dirname", "env", "find", "grep", "rm", "sed"):
            self._programs.joinpath(name).symlink_to(shutil.which(name) or f"/bin/{name}")
        self.has("ldconfig", ALL_LIBRARIES)
        self.has("id", "[[ $1 == -u ]] && echo 1000 || echo till")
        self.has("python3", 'echo "$@" >>"$LOG"; [[ $1 == -V* ]] && echo "Python 3.11.9"; exit 0')
        self.has("fc-list", "exit 0")
        fonts = root / ".fonts"
        fonts.mkdir()
        (fonts / "NotoSansCJK-Regular.ttc").touch()
        self._environment = {"PATH": str(self._programs), "HOME": str(root), "LOG": str(root / "log")}

    def has(self, program: str, script: str) -> None:
        path = self._programs / program
        path.unlink(missing_ok=True)
        path.write_text(f"#!{shutil.which('bash')}\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def set_up(self, what: str = "run") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [shutil.which("bash") or "bash", str(self.checkout / "tools/setup"), what],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def make_ready(self) -> None:
        """Stand in for `python3 -m venv`: the environment's python notes what it was asked for."""
        self.has(
            "python3",
            '[[ "$*" == "-m venv"* ]] && { mkdir -p .venv/bin; cp "$0" .venv/bin/python; cp "$0" .venv/bin/granary; }\n'
            'echo "$@" >>"$LOG"; [[ $1 == -V* ]] && echo "Python 3.11.9"; exit 0',
        )
        for name in ("mkdir", "cp"):
            (self._programs / name).symlink_to(shutil.which(name) or f"/bin/{name}")

    @property
    def log(self) -> str:
        path = Path(self._environment["LOG"])
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def forget_log(self) -> None:
        Path(self._environment["LOG"]).unlink(missing_ok=True)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_word_it_does_not_know_is_refused_with_those_it_knows(machine: Machine) -> None:
    done = machine.set_up("tset")

    assert done.returncode == 1
    assert "run | test" in done.stderr


def test_without_rights_the_one_line_to_type_is_named_and_nothing_is_touched(machine: Machine) -> None:
    machine.has("apt-get", "echo apt-get >>$LOG; exit 1")
    machine.has("ldconfig", ALL_LIBRARIES.replace("libzbar.so.0", "libother.so.1"))

    done = machine.set_up()

    assert done.returncode == 1
    assert "    sudo apt-get install -y --no-install-recommends libzbar0\n" in done.stderr
    assert "apt-get" not in machine.log
    assert not (machine.checkout / ".venv").exists()


def test_only_what_is_missing_is_installed_where_rights_are_there(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("apt-get", 'echo apt-get "$@" >>"$LOG"')
    machine.has("ldconfig", ALL_LIBRARIES.replace("libxcb-cursor.so.0", "libother.so.1"))
    machine.make_ready()

    done = machine.set_up()

    assert done.returncode == 0, done.stderr
    assert "apt-get install -y --no-install-recommends libxcb-cursor0\n" in machine.log


def test_a_debian_without_venv_gets_it(machine: Machine) -> None:
    machine.has("apt-get", "exit 1")
    machine.has("python3", '[[ $2 == *ensurepip* ]] && exit 1; [[ $1 == -V* ]] && echo "Python 3.11.9"; exit 0')

    done = machine.set_up()

    assert done.returncode == 1
    assert "--no-install-recommends python3-venv\n" in done.stderr


def test_a_python_that_is_too_old_counts_as_none(machine: Machine) -> None:
    machine.has("apt-get", "exit 1")
    machine.has("python3", "[[ $2 == *version_info* ]] && exit 1; exit 0")

    done = machine.set_up()

    assert "--no-install-recommends python3 python3-venv\n" in done.stderr


def test_freezing_gets_the_shared_library_of_the_python_that_is_there(machine: Machine) -> None:
    machine.has("apt-get", "exit 1")
    for program in ("Xvfb", "xauth", "xdotool", "import", "xwininfo", "strace", "objdump"):
        machine.has(program, "exit 0")
    machine.has("python3", '[[ $2 == *Py_ENABLE_SHARED* ]] && echo "libpython3.13 libpython3.13.so.1.0"; exit 0')

    done = machine.set_up("test")

    assert "--no-install-recommends libpython3.13\n" in done.stderr


def test_every_package_is_installed_by_its_hash(machine: Machine) -> None:
    machine.make_ready()

    done = machine.set_up("run")

    assert done.returncode == 0, done.stderr
    assert "install --require-hashes --requirement requirements/run.lock" in machine.log
    assert "--no-deps --no-build-isolation --editable ." in machine.log


def test_a_second_run_installs_nothing_and_asks_nobody(machine: Machine) -> None:
    machine.make_ready()
    machine.set_up("run")
    machine.forget_log()
    machine.has("ldconfig", "echo ldconfig >>$LOG")

    done = machine.set_up("run")

    assert (done.returncode, done.stderr) == (0, "")
    assert "pip" not in machine.log
    assert "ldconfig" not in machine.log


@pytest.mark.parametrize("changed", ["requirements/run.lock", "tools/setup", "pyproject.toml"])
def test_a_change_of_what_is_installed_sets_up_again(machine: Machine, changed: str) -> None:
    machine.make_ready()
    machine.set_up("run")
    machine.forget_log()
    path = machine.checkout / changed
    path.write_text(
        "# changed\n" + path.read_text(encoding="utf-8") if changed != "tools/setup" else _with_a_note(path)
    )

    done = machine.set_up("run")

    assert done.returncode == 0, done.stderr
    assert "pip" in machine.log


def _with_a_note(path: Path) -> str:
    return path.read_text(encoding="utf-8") + "# changed\n"


def test_a_checkout_that_was_moved_sets_up_again(machine: Machine, tmp_path: Path) -> None:
    machine.make_ready()
    machine.set_up("run")
    machine.forget_log()
    machine.checkout = machine.checkout.rename(tmp_path / "moved")

    machine.set_up("run")

    assert "pip" in machine.log
