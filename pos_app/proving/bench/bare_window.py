"""The floor of starting and of memory: a window of PySide6 with one word in it.

Prints the moment when it was painted, and what is resident then.
"""

import sys
from time import monotonic_ns

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel

from pos_app.proving.bench.memory_of import resident_bytes


class BareWindow(QLabel):
    """A window that says when it was painted, and closes."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 — Qt's virtual function
        """Paint, tell, close."""
        super().paintEvent(event)
        QTimer.singleShot(0, self._tell)

    def _tell(self) -> None:
        sys.stdout.write(f"{monotonic_ns()} {resident_bytes()}\n")
        self.close()


def main() -> int:
    """Show it."""
    app = QApplication([])
    app.setStyle("Fusion")
    window = BareWindow("granary")
    window.resize(1024, 768)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
