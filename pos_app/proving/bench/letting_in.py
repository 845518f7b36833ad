"""Lets a cashier into the window of this process, who scans at once; the window closes when the line is painted.

Loaded when the window stands; knows nothing of how long that took.
"""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from pos_app.domain.ids import OperatorId
from pos_app.domain.operators import Operator
from pos_app.proving.bench.scene import CASHIER
from pos_app.ui.main_window import MainWindow


def let_in_and_scan(code: str, painted: Callable[[], object]) -> None:
    """Let the cashier in and scan; call ``painted`` when the line of that code is on the screen."""
    window = next(each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow))
    window.welcome(Operator(OperatorId(CASHIER), "Bench", "cashier", ""))
    lines = window.checkout.basket.lines

    def on_painted() -> None:
        if any(row.line.code == code for row in lines.rows_model.rows):
            lines.painted = None
            # the flush to the screen comes behind the painting
            QTimer.singleShot(0, close)

    def close() -> None:
        painted()
        window.close()

    lines.painted = on_painted
    window.scan(code)
