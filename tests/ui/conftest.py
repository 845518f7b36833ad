"""A window over the real services, and hands to work it."""

from collections.abc import Iterator
from typing import Protocol

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.bootstrap.rooms import ROOMS
from pos_app.ui.application import Application
from pos_app.ui.runtime.preferences import PreferenceFile
from tests.support.hands import Hands
from tests.support.payments import ScriptedProvider
from tests.support.till import CASHIER, PIN, HandRegister


class OpenWindow(Protocol):
    """Opens a window over a register."""

    def __call__(self, register: HandRegister, preferences: PreferenceFile | None = None) -> Hands: ...


@pytest.fixture
def register() -> HandRegister:
    return HandRegister()


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication) -> Iterator[OpenWindow]:
    opened: list[Application] = []

    def open_it(register: HandRegister, preferences: PreferenceFile | None = None) -> Hands:
        qapp.setStyle("Fusion")
        application = Application(register, ROOMS, preferences)
        opened.append(application)
        qtbot.addWidget(application.window)
        application.window.resize(1024, 768)
        application.window.show()
        qtbot.waitExposed(application.window)
        hands = Hands(qtbot, application)
        hands.rest()
        return hands

    yield open_it
    for application in opened:
        application.close()
    qapp.setStyleSheet("")


@pytest.fixture
def locked(open_window: OpenWindow, register: HandRegister) -> Hands:
    """The window as it opens: nobody is signed in."""
    return open_window(register)


@pytest.fixture
def till(locked: Hands) -> Hands:
    """The cashier is signed in, the basket is empty."""
    locked.type(CASHIER)
    locked.press("Enter")
    locked.type(PIN)
    locked.press("Enter")
    assert not locked.window.locked
    return locked


@pytest.fixture
def provider(register: HandRegister) -> ScriptedProvider:
    provider = ScriptedProvider()
    register.providers = {"wechat": provider, "alipay": provider}
    return provider


@pytest.fixture
def rice(provider: ScriptedProvider, till: Hands) -> Hands:
    """A till with one good in its basket, and somebody to ask for money."""
    till.scan("6999999000129")
    return till
