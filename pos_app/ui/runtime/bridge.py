"""The one crossing between threads: work done elsewhere is delivered on the GUI thread, in order.

Knows nothing of what is delivered.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

Delivery = Callable[[], object]


class Bridge(QObject):
    """Carries deliveries to the thread it was made on. `post` may be called from any thread."""

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self.on_arrived, Qt.ConnectionType.QueuedConnection)

    def post(self, delivery: Delivery) -> None:
        """Have a function called on the GUI thread, soon. Returns at once."""
        self.arrived.emit(delivery)

    def on_arrived(self, delivery: Delivery) -> None:
        delivery()
