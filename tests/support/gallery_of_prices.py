"""The counter's side of pricing in pictures: lines with reasons, explanations, hints, gifts, coupons, points, typed
prices, rounding. Walked like every other room by `tests.support.gallery`.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

from pos_app.ui.main_window import MainWindow
from tests.support.promoted import GOLD_PHONE, LOOSE_RICE, NOODLES, OIL_SOY_18, RICE_2KG, RICE_5KG, SESAME_OIL

FLOUR = "6999999300137"


class Stage(Protocol):
    """What a walk needs of the gallery's stage."""

    window: MainWindow

    def sign_in(self) -> None: ...
    def scan(self, *codes: str) -> None: ...
    def settle(self) -> None: ...
    def until(self, comes: Callable[[], bool]) -> None: ...


def price_scenes(stage: Stage) -> Iterator[str]:
    """Walk through a sale in which everything comes off; the name of each scene comes when it stands."""
    stage.sign_in()
    basket = stage.window.checkout.basket
    stage.scan(RICE_5KG, RICE_2KG, NOODLES)
    yield "prices-hints"
    stage.scan(SESAME_OIL)
    stage.until(basket.foot.offer.isVisible)
    yield "prices-gift"
    stage.window.checkout.presenter.benefits.take_offer()
    stage.settle()
    yield "prices-gift-choice"
    stage.window.checkout.choice.type("1")
    stage.settle()
    stage.scan(RICE_5KG, OIL_SOY_18, LOOSE_RICE, GOLD_PHONE)
    stage.until(basket.foot.offer.isHidden)
    yield "prices-member"
    yield from _lines(stage)
    yield from _coupons(stage)
    yield from _tender(stage)


def _lines(stage: Stage) -> Iterator[str]:
    checkout = stage.window.checkout
    line = checkout.presenter.line
    checkout.basket.lines.choose(0)
    line.explain()
    stage.settle()
    yield "prices-explained"
    checkout.basket.lines.choose(5)
    line.ask_price()
    yield "prices-typed"
    line.ask_discount()
    checkout.basket.panel.type("85")
    yield "prices-discount"
    checkout.basket.panel.answer()
    yield "prices-reason"
    checkout.choice.type("2")
    stage.settle()
    line.explain()
    stage.settle()
    yield "prices-explained-typed"
    checkout.open_basket()


def _coupons(stage: Stage) -> Iterator[str]:
    checkout = stage.window.checkout
    benefits = checkout.presenter.benefits
    stage.scan("C-OLD")
    yield "prices-coupon-refused"
    stage.window.toast.hide()
    benefits.open()
    stage.settle()
    yield "prices-coupons"
    benefits.take_best()
    stage.settle()
    yield "prices-coupons-best"
    benefits.take_most_points()
    stage.settle()
    yield "prices-points"
    benefits.ask_points()
    yield "prices-points-asked"
    benefits.ask_code()
    yield "prices-coupon-code"
    checkout.open_basket()
    stage.window.toast.hide()
    yield "prices-everything"


def _tender(stage: Stage) -> Iterator[str]:
    checkout = stage.window.checkout
    checkout.presenter.settle()
    checkout.presenter.turn_rounding()
    stage.settle()
    yield "prices-tender"
    checkout.tender.answer()
    stage.settle()
    yield "prices-done"


def crowded_scenes(stage: Stage) -> Iterator[str]:
    """Show long names and twelve savings on one line."""
    stage.sign_in()
    stage.scan(RICE_5KG, RICE_5KG, FLOUR)
    checkout = stage.window.checkout
    checkout.basket.lines.choose(0)
    yield "prices-twelve"
    checkout.presenter.line.explain()
    stage.settle()
    yield "prices-twelve-explained"
    checkout.open_basket()
    checkout.presenter.benefits.open()
    stage.settle()
    yield "prices-no-coupons"
