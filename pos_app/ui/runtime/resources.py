"""Where the data of the window lies: themes, icons, key maps, translations, sounds."""

import json
import sys
from pathlib import Path
from typing import Any

FROZEN_ROOT = getattr(sys, "_MEIPASS", None)
ROOT = (Path(FROZEN_ROOT) if FROZEN_ROOT else Path(__file__).resolve().parents[3]) / "resources"


def read_text(folder: str, name: str) -> str:
    """Read one of our own files."""
    return (ROOT / folder / name).read_text(encoding="utf-8")


def read_json(folder: str, name: str) -> dict[str, Any]:
    """Read one of our own JSON objects."""
    document: dict[str, Any] = json.loads(read_text(folder, name))
    return document
