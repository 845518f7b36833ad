"""The version that the window shows and sends is the package's."""

import tomllib

from pos_app.bootstrap.program import VERSION
from tests.architecture.tree import ROOT


def test_the_programs_version_is_the_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["version"] == VERSION
