"""The rooms of the window, as they stand in the rail, and the screen that faces the customer.

Each is loaded when it is first opened: a start loads the checkout.
"""

from typing import Final

from pos_app.ui.customer.facing import CustomerFace
from pos_app.ui.rooms.checkout.room import CheckoutRoom
from pos_app.ui.rooms.room import Room, Rooms, WindowVerbs
from pos_app.ui.runtime.desk import Desk


def _returns(desk: Desk, _window: WindowVerbs) -> Room:
    from pos_app.ui.rooms.returns.room import ReturnsRoom

    return ReturnsRoom(desk)


def _sync(desk: Desk, _: WindowVerbs) -> Room:
    from pos_app.ui.rooms.sync.room import SyncRoom

    return SyncRoom(desk)


def _members(desk: Desk, window: WindowVerbs) -> Room:
    from pos_app.ui.rooms.members.room import MembersRoom

    return MembersRoom(desk, window.ring_in_checkout)


def _shift(desk: Desk, window: WindowVerbs) -> Room:
    from pos_app.ui.rooms.shift.room import ShiftRoom

    return ShiftRoom(desk, window.welcome)


def _settings(desk: Desk, window: WindowVerbs) -> Room:
    from pos_app.ui.rooms.settings.room import SettingsRoom

    return SettingsRoom(desk, window)


def _customer_screen(desk: Desk) -> CustomerFace:
    from pos_app.ui.customer.screen import CustomerScreen

    return CustomerScreen(desk)


ROOMS: Final = Rooms(
    {
        "checkout": lambda desk, _: CheckoutRoom(desk),
        "returns": _returns,
        "members": _members,
        "shift": _shift,
        "sync": _sync,
        "settings": _settings,
    },
    _customer_screen,
)
