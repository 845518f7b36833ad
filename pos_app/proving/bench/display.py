"""Where the measured windows are shown: the screen that is there, a virtual one, or none at all. It is said which."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["screen", "xvfb", "offscreen"]
KINDS: Final[tuple[Kind, ...]] = ("screen", "xvfb", "offscreen")
_SIZE: Final = "2048x768x24"
"""Room for the measured window and the floor's beside it."""
_WORDS: Final[Mapping[Kind, str]] = {
    "screen": "real windows on this screen",
    "xvfb": "real windows under Xvfb",
    "offscreen": "windows offscreen",
}


@dataclass(frozen=True, slots=True)
class Display:
    """What a process needs to show windows, and how to say it."""

    environment: Mapping[str, str]
    words: str


def usual() -> Kind:
    """Tell which display is taken when nobody says: a virtual one, since nothing else draws on it."""
    if shutil.which("Xvfb"):
        return "xvfb"
    return "screen" if "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ else "offscreen"


@contextmanager
def display(kind: Kind) -> Iterator[Display]:
    """Give a display, and take it down at the end."""
    if kind == "xvfb":
        with _xvfb() as name:
            yield Display({**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}, _WORDS[kind])
    elif kind == "offscreen":
        yield Display({**os.environ, "QT_QPA_PLATFORM": "offscreen"}, _WORDS[kind])
    else:
        yield Display(dict(os.environ), _WORDS[kind])


@contextmanager
def _xvfb() -> Iterator[str]:
    """Start a virtual screen under the first number that is free."""
    read, write = os.pipe()
    program = shutil.which("Xvfb") or "Xvfb"
    command = [program, "-displayfd", str(write), "-screen", "0", _SIZE, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as process:
        os.close(write)
        try:
            with os.fdopen(read) as told:
                yield f":{told.readline().strip()}"
        finally:
            process.terminate()
