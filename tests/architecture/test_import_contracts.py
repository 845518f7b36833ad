"""Who may know whom: the layers, the domain's purity, headquarters without a counter, a window without engines.

The layers themselves are data, in pyproject.toml; ARCHITECTURE.md draws them.
"""

import ast
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from importlinter.cli import lint_imports

from tests.architecture.tree import ROOT, Finding, Module, modules

PURE_STDLIB = frozenset(
    {
        "__future__",
        "abc",
        "base64",
        "bisect",
        "collections",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "graphlib",
        "hashlib",
        "heapq",
        "hmac",
        "itertools",
        "json",
        "math",
        "operator",
        "re",
        "statistics",
        "string",
        "struct",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
        "uuid",
        "zoneinfo",
    }
)
DOMAIN_MAY_IMPORT = PURE_STDLIB | {"biip", "pos_app.domain"}


def imported_names(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or "."


def beyond_the_domain(module: Module) -> Iterator[Finding]:
    for line, name in imported_names(module):
        heads = {".".join(name.split(".")[:depth]) for depth in (1, 2)}
        if not heads & DOMAIN_MAY_IMPORT:
            advice = "take the value as an argument: the domain has no I/O, no clock, no randomness, no logging"
            yield Finding(module, line, f"`{name}` in the domain", advice)


def test_the_domain_imports_only_the_pure_standard_library_and_biip() -> None:
    findings = [str(finding) for module in modules("pos_app/domain") for finding in beyond_the_domain(module)]

    assert not findings, "\n".join(findings)


@pytest.mark.parametrize(
    "line", ["import time", "from pos_app.services import ports", "import httpx", "from os import path"]
)
def test_an_impure_import_in_the_domain_is_found(line: str) -> None:
    assert list(beyond_the_domain(Module(PurePosixPath("pos_app/domain/x.py"), line)))


def test_every_import_points_down_and_every_module_has_a_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    # it sets up logging for a program of its own, and in doing so silences every logger that exists
    monkeypatch.setattr("importlinter.cli._configure_logging", lambda _verbose: None)

    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)

    assert broken == 0, "run `make check`; the contracts stand in pyproject.toml, the reasons in ARCHITECTURE.md"


def test_a_room_without_a_layer_breaks_the_contract(tmp_path: Path) -> None:
    _lay_packages(tmp_path, "pos_app", "pos_app/domain", "pos_app/services", "pos_app/attic")

    done = _lint(tmp_path, "containers = ['pos_app']", "exhaustive = true", "layers = ['services', 'domain']")

    assert done.returncode == 1
    assert "pos_app.attic" in done.stdout


def test_an_import_that_points_up_breaks_the_contract(tmp_path: Path) -> None:
    _lay_packages(tmp_path, "pos_app", "pos_app/domain", "pos_app/services")
    (tmp_path / "pos_app/domain/money.py").write_text("from pos_app import services\n")

    done = _lint(tmp_path, "layers = ['pos_app.services', 'pos_app.domain']")

    assert done.returncode == 1
    assert "pos_app.domain is not allowed to import pos_app.services" in done.stdout


def test_both_sets_of_rooms_are_exhaustive() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}

    assert contracts["counter-rooms"]["exhaustive"]
    assert contracts["sync-rooms"]["exhaustive"]


def _lay_packages(root: Path, *packages: str) -> None:
    for package in packages:
        (root / package).mkdir()
        (root / package / "__init__.py").write_text("")


def _lint(folder: Path, *contract: str) -> subprocess.CompletedProcess[str]:
    head = "[tool.importlinter]", "root_packages = ['pos_app']", "[[tool.importlinter.contracts]]"
    (folder / "contract.toml").write_text("\n".join((*head, "name = 'rooms'", "type = 'layers'", *contract)))
    lint = "from importlinter.cli import lint_imports; sys.exit(lint_imports('contract.toml', no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); {lint}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# What a process may load. Static contracts see what is written; these see what an import really brings in.

BLOCKER = """
    import importlib, pkgutil, sys

    class Blocker:
        def find_spec(self, name, path=None, target=None):
            counter = name.startswith("pos_app.") and not name.startswith("pos_app.domain")
            if counter or name.split(".")[0] in ("PySide6", "shiboken6"):
                raise ImportError(f"{name} is not there")

    sys.meta_path.insert(0, Blocker())
"""
LOAD_EVERY_MODULE_OF = """
    def load(name):
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, name + "."):
            if not found.name.endswith("__main__") and ".migrations." not in found.name:
                importlib.import_module(found.name)
"""


def _in_a_process_of_its_own(*parts: str) -> subprocess.CompletedProcess[str]:
    code = "\n".join(textwrap.dedent(part) for part in parts)
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_headquarters_loads_without_qt_and_without_the_counter() -> None:
    done = _in_a_process_of_its_own(BLOCKER, LOAD_EVERY_MODULE_OF, "load('sync.hq'); load('sync.protocol')")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", ["PySide6.QtCore", "pos_app.ui", "pos_app.services"])
def test_the_blocker_really_blocks(module: str) -> None:
    done = _in_a_process_of_its_own(BLOCKER, f"import {module}")

    assert "is not there" in done.stderr


WINDOW = ("pos_app.ui", "pos_app.store", "pos_app.services", "pos_app.devices")
NOT_IN_THE_WINDOW = ("httpx", "apscheduler", "litestar", "uvicorn", "jinja2", "sync.hq", "pos_app.proving")


def _loaded_of(names: tuple[str, ...]) -> str:
    return f"print(*sorted(name for name in {names!r} if name in sys.modules))"


def test_the_window_loads_no_line_and_no_schedule() -> None:
    load_window = "\n".join(f"load({package!r})" for package in WINDOW)

    done = _in_a_process_of_its_own(
        "import importlib, pkgutil, sys",
        LOAD_EVERY_MODULE_OF,
        load_window,
        "import pos_app.bootstrap.commands, pos_app.bootstrap.counter",
        _loaded_of(NOT_IN_THE_WINDOW),
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_line_in_the_window_would_be_seen() -> None:
    done = _in_a_process_of_its_own("import sys, httpx", _loaded_of(NOT_IN_THE_WINDOW))

    assert done.stdout.split() == ["httpx"]


def test_the_door_loads_no_room() -> None:
    done = _in_a_process_of_its_own("import sys, pos_app.cli", _loaded_of(("PySide6", "sqlalchemy", *WINDOW)))

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
