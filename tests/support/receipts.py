"""Receipts, words and papers for the tests of devices; and a patient look at what another thread does."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

from pos_app.devices.paper import PAPER_58, PAPER_80
from pos_app.devices.receipt_words import ReceiptWords, read_words
from pos_app.domain.receipt import Receipt, ReceiptLine
from tests.architecture.tree import ROOT

TEMPLATES = ROOT / "resources" / "receipts"
GOLDEN = Path(__file__).parent.parent / "data" / "receipts"
PAPERS = (PAPER_80, PAPER_58)
LOOK_EVERY_S = 0.005


def words(language: str = "zh_CN") -> ReceiptWords:
    """The words that the program ships."""
    return read_words(TEMPLATES / f"{language}.toml")


def good(name: str = "五常稻花香大米 5kg", **changes: object) -> ReceiptLine:
    """One good: two bags of rice, five yuan off."""
    fields: dict[str, object] = {
        "name": name,
        "quantity": 2000,
        "unit": "袋",
        "unit_price": 6590,
        "gross": 13180,
        "net": 12680,
        "code": "6999999090014",
        "weighed": False,
    }
    return ReceiptLine(**(fields | changes))  # type: ignore[arg-type]  # a table of fields, checked where it is used


def receipt(number: int = 42, **changes: object) -> Receipt:
    """A sale of four goods: with a saving, by weight, with a long name, with a Latin one."""
    fields: dict[str, object] = {
        "number": f"S001-R1-20260618-{number:04d}",
        "store": "禾丰粮油·禾丰路旗舰店",
        "at": "2026-06-18T09:41:07.123+08:00",
        "operator": "1001",
        "lines": (
            good(),
            good("散装黑豆", quantity=755, unit="公斤", unit_price=1160, gross=876, net=876, weighed=True),
            good(
                "非转基因一级压榨葵花籽油（家庭装·物理压榨·无添加）5L 赠 300ml 特级初榨橄榄油体验装",
                quantity=1000, unit="桶", unit_price=8990, gross=8990, net=8990, code="6999999000351",
            ),
            good(
                "Spaghetti Premium Durum Wheat Semolina No. 5, 500 g",
                quantity=12000, unit_price=890, gross=10680, net=10680, code="099999000016",
            ),
        ),
        "gross": 33726,
        "saving": 500,
        "rounding": 6,
        "payable": 33220,
        "tenders": (("cash", 33220, 40000, 6780),),
        "member": "M0001",
    }  # fmt: skip
    return Receipt(**(fields | changes))  # type: ignore[arg-type]  # a table of fields, checked where it is used


def until(holds: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Wait for what another thread brings about; an assertion that says so when it does not."""
    end = monotonic() + limit_s
    while not holds():
        assert monotonic() < end, "it did not come about in time"
        Event().wait(LOOK_EVERY_S)
