"""The room of returns for the gallery: nothing sold yet, which sale, a part of it, a second person, the money."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pos_app.ui.rooms.returns.room import ReturnsRoom
from tests.support.promoted import GOLD_PHONE, NOODLES, OIL_SOY_18, RICE_2KG, RICE_5KG

if TYPE_CHECKING:
    from tests.support.gallery import Stage


def returns_scenes(stage: "Stage") -> Iterator[str]:
    """Walk through it, over the promoted register."""
    stage.sign_in()
    stage.window.open_room("returns")
    stage.settle()
    yield "returns-empty"
    stage.window.open_room("checkout")
    _sell(stage, GOLD_PHONE, RICE_5KG, RICE_5KG, RICE_2KG, OIL_SOY_18, "C-ANY", points=1000)
    _sell(stage, *([NOODLES] * 3))
    _sell(stage, *([RICE_5KG] * 12))
    stage.window.open_room("returns")
    stage.settle()
    yield "returns-which"
    room = stage.window.findChildren(ReturnsRoom)[0]
    room.presenter.find("0001")
    stage.settle()
    yield "returns-sale"
    room.presenter.toggle()
    room.presenter.ask_quantity()
    yield "returns-quantity"
    room.sale.pad.type("1")
    room.sale.pad.answer()
    stage.settle()
    yield "returns-part"
    room.presenter.settle()
    stage.settle()
    yield "returns-done"
    room.presenter.start()
    stage.settle()
    yield "returns-marked"
    room.presenter.find("0001")
    stage.settle()
    room.presenter.choose_all()
    yield "returns-rest"
    yield from _in_place(stage, room)
    yield from _bare(stage, room)
    stage.window.open_room("checkout")
    stage.window.checkout.presenter.open_receipts()
    stage.settle()
    yield "receipts-with-returns"


def _in_place(stage: "Stage", room: ReturnsRoom) -> Iterator[str]:
    """Exchange the rest of it, and give a big refund."""
    room.presenter.begin_exchange()
    stage.settle()
    yield "returns-exchange-empty"
    stage.scan(RICE_5KG, OIL_SOY_18)
    room.exchange.type("100")
    yield "returns-exchange"
    room.presenter.exchange.leave()
    stage.settle()
    room.presenter.start()
    stage.settle()
    room.presenter.find("0003")
    stage.settle()
    room.presenter.choose_all()
    room.presenter.settle()
    yield "returns-consent"


def _bare(stage: "Stage", room: ReturnsRoom) -> Iterator[str]:
    """Take goods back without a receipt."""
    room.presenter.begin_bare()
    stage.settle()
    yield "returns-bare-empty"
    for code in (RICE_2KG, NOODLES, RICE_2KG):
        room.presenter.take_code(code)
        stage.settle()
    yield "returns-bare"


def _sell(stage: "Stage", *codes: str, points: int = 0) -> None:
    checkout = stage.window.checkout
    stage.scan(*codes)
    if points:
        checkout.presenter.ring(lambda: checkout.presenter.selling.redeem_points(points))
        stage.settle()
    checkout.presenter.settle()
    checkout.tender.answer()
    stage.settle()
    checkout.presenter.next_customer()
    stage.window.toast.hide()
