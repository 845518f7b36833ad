"""What every room of the window is."""

from PySide6.QtWidgets import QWidget


class Room(QWidget):
    """A page of the window with keys of its own."""

    def enter(self) -> None:
        """It is shown: its keys work."""
        raise NotImplementedError

    def leave(self) -> None:
        """Another is shown."""
        raise NotImplementedError
