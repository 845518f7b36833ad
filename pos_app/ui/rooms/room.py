"""What every room of the window is, how it is built, and what it may ask of the window."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from pos_app.domain.operators import Operator
from pos_app.services.basket_pricing import BasketView
from pos_app.ui.customer.facing import CustomerFace
from pos_app.ui.ports import Identity
from pos_app.ui.runtime.desk import Desk


class Room(QWidget):
    """A page of the window with keys of its own."""

    def enter(self) -> None:
        """It is shown: its keys work."""
        raise NotImplementedError

    def leave(self) -> None:
        """Another is shown."""
        raise NotImplementedError

    def begin(self, action: str) -> None:
        """Begin what a key of the window asks of it, whichever room was shown before."""
        raise NotImplementedError

    def scan(self, text: str, otherwise: Callable[[], object]) -> None:
        """Take what was scanned while it is shown; what it has no use for goes ``otherwise``: into the basket."""
        del text
        otherwise()


class WindowVerbs(Protocol):
    """What a room may ask of the window."""

    def show_keys(self) -> None: ...
    def welcome(self, operator: Operator) -> None:
        """Let in who took over from the operator before."""
        ...

    def enrolled(self, identity: Identity) -> None: ...
    def lock_after(self, minutes: int) -> None: ...
    def face_customer(self, choice: str) -> None: ...
    def ring_in_checkout(self, verb: Callable[[], BasketView]) -> None:
        """Change the basket from another room, and go where it is seen."""
        ...


@dataclass(frozen=True, slots=True)
class Rooms:
    """How each is built when it is first opened, and what faces the customer when a monitor is there for it."""

    by_name: Mapping[str, Callable[[Desk, WindowVerbs], Room]]
    """As they stand in the rail."""
    customer_screen: Callable[[Desk], CustomerFace]
