"""A real screen without a monitor: Xvfb on a display of its own, keys by xdotool, pictures by ImageMagick.

No window manager runs on it, so a window has the focus once it is given it. Pictures are kept in ``screenshots/``.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.architecture.tree import ROOT
from tests.support.receipts import until

SIZE = "1024x768"
HAND_MS = 120
SCANNER_MS = 0
"""As fast as it goes: a pause that is slept here is as long as a busy machine makes it, which no scanner's is."""
LIMIT_S = 60.0
KEPT = ROOT / "screenshots" / "real_window"


class Screen:
    """A display. Keys go to the window that has the focus, as from a keyboard."""

    def __init__(self, display: str) -> None:
        self.display = display
        self._taken = 0

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to open its window here."""
        return {**os.environ, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def focus_on(self, title: str) -> None:
        """Wait for a window and give it the focus, as a window manager does when it opens."""
        until(lambda: bool(self._found(title)), LIMIT_S)
        window = self._found(title)[-1]
        until(lambda: self._tool("windowfocus", window).returncode == 0, LIMIT_S)
        until(lambda: self._tool("getwindowfocus").stdout.split() == [window], LIMIT_S)

    def press(self, *keys: str) -> None:
        """Press keys by hand; xdotool's names."""
        self._type(HAND_MS, keys)

    def scan(self, code: str) -> None:
        """Let a wedge scanner type a code."""
        self._type(SCANNER_MS, (*code, "Return"))

    def rest(self) -> None:
        """Wait until the picture stands still and shows something; a caret may go on blinking."""
        seen: list[str] = []

        def stands() -> bool:
            seen.append(self._signature())
            return seen[-1] in seen[-4:-1]

        until(stands, LIMIT_S)

    def picture(self, name: str) -> Path:
        """Keep what the screen shows."""
        self.rest()
        return self.picture_as_it_is(name)

    def picture_as_it_is(self, name: str) -> Path:
        """Keep what the screen shows, at rest or not."""
        self._taken += 1
        KEPT.mkdir(parents=True, exist_ok=True)
        path = KEPT / f"{self._taken:02d}-{name}.png"
        self._run("import", "-window", "root", str(path)).check_returncode()
        return path

    def _signature(self) -> str:
        done = self._run("import", "-window", "root", "-format", "%k %#", "info:-")
        colours, _, signature = done.stdout.strip().partition(" ")
        return signature if colours.isdecimal() and int(colours) > 8 else f"blank {os.urandom(4).hex()}"

    def _found(self, title: str) -> list[str]:
        return self._tool("search", "--onlyvisible", "--name", title).stdout.split()

    def _type(self, gap_ms: int, keys: tuple[str, ...]) -> None:
        self._tool("key", "--delay", str(gap_ms), *keys).check_returncode()

    def _tool(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run("xdotool", *words)

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
        )


@contextmanager
def open_screen() -> Iterator[Screen]:
    """Start an X server on a free display, and stop it."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{SIZE}x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        number = server.stdout.readline().strip()
        assert number, "Xvfb did not start"
        try:
            yield Screen(f":{number}")
        finally:
            server.terminate()
