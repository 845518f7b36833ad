"""Saying that an answer is waited for, once it takes longer than a person notices."""

from PySide6.QtCore import QTimer

from pos_app.ui.runtime.messages import Messages

NOTICED_MS = 150


class Waiting:
    """Counts what is waited for. Used from the GUI thread only."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._open = 0
        self._timer = QTimer(singleShot=True, interval=NOTICED_MS)
        self._timer.timeout.connect(messages.wait)

    def begin(self) -> None:
        """Something was asked."""
        self._open += 1
        if self._open == 1:
            self._timer.start()

    def end(self) -> None:
        """It was answered, well or not."""
        self._open -= 1
        if self._open == 0:
            self._timer.stop()
            self._messages.answered()
