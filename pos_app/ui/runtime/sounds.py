"""Sounds, so that eyes may stay on the customer: a refusal is heard.

Played by the system's own player, since Qt's is not among the parts that the counter installs; without one, the bell.
"""

import sys
from shutil import which

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication

from pos_app.ui.runtime.resources import ROOT
from pos_app.ui.runtime.tasks import Tasks

if sys.platform == "win32":
    import winsound

_PLAYERS = (("paplay",), ("pw-play",), ("aplay", "-q"), ("afplay",))


class Sounds:
    """Plays a sound by its name (``resources/sounds/<name>.wav``). Returns at once and never fails."""

    def __init__(self, errands: Tasks) -> None:
        self._errands = errands
        self._player = next((player for player in _PLAYERS if which(player[0])), None)

    def play(self, name: str) -> None:
        """Play it."""
        path = str(ROOT / "sounds" / f"{name}.wav")
        if sys.platform == "win32":
            winsound.PlaySound(path, winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
        elif self._player is None:
            QApplication.beep()
        else:
            program, *options = self._player
            self._errands.run(lambda: QProcess.startDetached(program, [*options, path]), lambda _: None)
