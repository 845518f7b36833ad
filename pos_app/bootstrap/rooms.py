"""The rooms of the window, as they stand in the rail. Each is loaded when it is first opened: a start loads one."""

from typing import Final

from pos_app.ui.rooms.checkout.room import CheckoutRoom
from pos_app.ui.rooms.room import Room, Rooms, WindowVerbs
from pos_app.ui.runtime.desk import Desk


def _sync(desk: Desk, _: WindowVerbs) -> Room:
    from pos_app.ui.rooms.sync.room import SyncRoom

    return SyncRoom(desk)


def _settings(desk: Desk, window: WindowVerbs) -> Room:
    from pos_app.ui.rooms.settings.room import SettingsRoom

    return SettingsRoom(desk, window)


ROOMS: Final[Rooms] = {
    "checkout": lambda desk, _: CheckoutRoom(desk),
    "sync": _sync,
    "settings": _settings,
}
