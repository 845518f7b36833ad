"""This program as the machine sees it: how it is started again, and where its files are."""

import sys
from pathlib import Path
from typing import Final

from platformdirs import user_data_dir

VERSION: Final = "0.1.0"
"""As `pyproject.toml` has it, held by a test: asking the installed package takes 15 ms of every start."""
RESOURCES: Final = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[2])) / "resources"
"""Where the data files are, frozen or not."""


def granary_command() -> list[str]:
    """Tell how this program is started again as another process, frozen or not."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "pos_app"]


def default_folder() -> Path:
    """Tell where a register's files live when nobody says so."""
    return Path(user_data_dir("granary", appauthor=False)) / "register"
