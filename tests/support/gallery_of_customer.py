"""The customer's screen, between customers, with a few lines and many, and behind a completed sale."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from pos_app.ui.customer.facing import BEHIND_MS
from pos_app.ui.customer.screen import CustomerScreen
from tests.support.promoted import GOLD_PHONE, RICE_2KG, RICE_5KG

if TYPE_CHECKING:
    from tests.support.gallery import Stage


def customer_scenes(stage: "Stage") -> Iterator[str]:
    """Face the customer."""
    stage.sign_in()
    stage.window.face_customer("on")
    face = stage.application.customer.face
    assert isinstance(face, CustomerScreen)
    face.resize(stage.window.size())
    stage.subject = face
    stage.until(lambda: bool(face.welcome.campaigns))
    yield "customer-welcome"
    stage.scan(RICE_5KG, RICE_2KG)
    _come_behind(stage)
    yield "customer-few"
    codes = [product.barcodes[0].code for product in stage.register.replica.products if product.barcodes]
    stage.scan(*codes[:20], GOLD_PHONE)
    _come_behind(stage)
    yield "customer-many"
    stage.window.checkout.presenter.settle()
    stage.window.checkout.tender.quick[2].click()
    stage.window.checkout.tender.answer()
    stage.settle()
    _come_behind(stage)
    assert face.page == "paid"
    yield "customer-paid"


def _come_behind(stage: "Stage") -> None:
    """Let the customer's screen follow the cashier's."""
    until = time.monotonic() + 4 * BEHIND_MS / 1000
    while time.monotonic() < until:
        QApplication.processEvents()
    stage.settle()
