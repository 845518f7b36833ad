"""That headquarters is asked, said where it takes longer than a moment."""

from PySide6.QtCore import QTimer

from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.displays import Words

SHOWN_AFTER_MS = 150
"""What is answered before then needs no word."""


class Waiting(Words):
    """One line, empty while nothing is waited for."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, "small", ink="ink_soft")
        self._desk = desk
        self._receipt = ""
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._timer.timeout.connect(self._say)
        desk.texts.on_change(lambda: self._say() if self.words else None)

    def wait_for(self, receipt: str) -> None:
        """Begin to wait for a sale; empty: it is there."""
        self._receipt = receipt
        if receipt:
            self._timer.start()
        else:
            self._timer.stop()
            self.set_words("")

    def _say(self) -> None:
        self.set_words(self._desk.texts.tr("returns.asking", number=self._receipt))
