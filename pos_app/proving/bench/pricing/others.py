"""Who prices beside us: how each is had, and how it is asked.

A peer answers each basket's number with nanoseconds of the clock, nanoseconds of the processor, and the fen it saves.
"""

import sys
from pathlib import Path
from typing import Final

from pos_app.proving.bench.peer import Peer, Recipe
from pos_app.proving.bench.pricing import peers

_HERE: Final = Path(peers.__file__).parent
_OSCAR: Final = "django-oscar==4.2.1"
_MEDUSA: Final = "@medusajs/promotion@2.21.2"

OSCAR: Final = Recipe(
    name="django-oscar",
    needs=sys.executable,
    steps=(
        (sys.executable, "-m", "venv", "."),
        ("bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", _OSCAR),
    ),
    made="lib",
    runs=("bin/python", str(_HERE / "django_oscar.py")),
)
MEDUSA: Final = Recipe(
    name="Medusa",
    needs="npm",
    steps=(
        ("npm", "init", "--yes"),
        ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", _MEDUSA),
    ),
    made="node_modules/@medusajs/promotion",
    runs=("node", str(_HERE / "medusa.cjs")),
)


def priced_ns(peer: Peer, basket: int, *, by_processor: bool) -> int:
    """Have a basket priced; give nanoseconds."""
    return int(peer.ask(str(basket)).split()[by_processor])
