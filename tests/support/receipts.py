"""Receipts, words and papers for the tests of devices; and a patient look at what another thread does."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

from pos_app.devices.paper import PAPER_58, PAPER_80
from pos_app.devices.receipt_words import ReceiptWords, read_words
from pos_app.devices.report_words import ReportWords, read_report_words
from pos_app.domain.receipt import Receipt, ReceiptLine, Saved
from tests.architecture.tree import ROOT

TEMPLATES = ROOT / "resources" / "receipts"
GOLDEN = Path(__file__).parent.parent / "data" / "receipts"
PAPERS = (PAPER_80, PAPER_58)
LOOK_EVERY_S = 0.005


def words(language: str = "zh_CN") -> ReceiptWords:
    """The words that the program ships."""
    return read_words(TEMPLATES / f"{language}.toml")


def report_words(language: str = "zh_CN") -> ReportWords:
    """The words of reports that the program ships."""
    return read_report_words(TEMPLATES.parent / "reports" / f"{language}.toml")


def good(name: str = "五常稻花香大米 5kg", **changes: object) -> ReceiptLine:
    """One good: two bags of rice at the member's price, two savings off."""
    fields: dict[str, object] = {
        "name": name,
        "quantity": 2000,
        "unit": "袋",
        "unit_price": 6590,
        "gross": 13180,
        "net": 12180,
        "code": "6999999090014",
        "weighed": False,
        "savings": (Saved("任两袋减 5 元", 500), Saved("5 元粮油券", 300), Saved("", 200)),
        "price_kind": "member",
        "base_price": 6890,
    }
    return ReceiptLine(**(fields | changes))  # type: ignore[arg-type]  # a table of fields, checked where it is used


def plain(name: str, **changes: object) -> ReceiptLine:
    """One good at its base price, nothing off."""
    return good(name, **{"savings": (), "price_kind": "base", "base_price": None, **changes})


def receipt(number: int = 42, **changes: object) -> Receipt:
    """A sale of four goods: with savings, by weight, with a long name, with a Latin one. Paid with points too."""
    fields: dict[str, object] = {
        "number": f"S001-R1-20260618-{number:04d}",
        "store": "禾丰粮油·禾丰路旗舰店",
        "at": "2026-06-18T09:41:07.123+08:00",
        "operator": "1001",
        "lines": (
            good(),
            plain("散装黑豆", quantity=755, unit="公斤", unit_price=1160, gross=876, net=876, weighed=True),
            plain(
                "非转基因一级压榨葵花籽油（家庭装·物理压榨·无添加）5L 赠 300ml 特级初榨橄榄油体验装",
                quantity=1000, unit="桶", unit_price=8990, gross=8990, net=8990, code="6999999000351",
            ),
            plain(
                "Spaghetti Premium Durum Wheat Semolina No. 5, 500 g",
                quantity=12000, unit_price=890, gross=10680, net=10680, code="099999000016",
            ),
        ),
        "gross": 33726,
        "saving": 800,
        "rounding": 6,
        "payable": 32720,
        "tenders": (("cash", 32720, 40000, 7280),),
        "member": "M0001",
        "savings": (Saved("任两袋减 5 元", 500), Saved("5 元粮油券", 300)),
        "points_used": 200,
        "points_amount": 200,
        "points_earned": 491,
    }  # fmt: skip
    return Receipt(**(fields | changes))  # type: ignore[arg-type]  # a table of fields, checked where it is used


def plain_receipt(**changes: object) -> Receipt:
    """A sale with nothing off, of no member."""
    nothing: dict[str, object] = {"saving": 0, "savings": (), "rounding": 0, "member": None}
    points = {"points_used": 0, "points_amount": 0, "points_earned": 0}
    line = plain("五常稻花香大米 5kg", net=13180)
    fields = {"lines": (line,), "gross": 13180, "payable": 13180, **nothing, **points, **changes}
    return receipt(42, **fields)


def returned_receipt(**changes: object) -> Receipt:
    """One of its two bags of rice comes back, with half of what had come off; points go both ways."""
    line = good(quantity=1000, gross=6590, net=6240, savings=(Saved("任两袋减 5 元", 250), Saved("", 100)))
    back: dict[str, object] = {
        "kind": "return",
        "original": "S001-R1-20260618-0042",
        "lines": (line,),
        "gross": 6590,
        "saving": 250,
        "savings": (Saved("任两袋减 5 元", 250),),
        "points_used": 100,
        "points_amount": 100,
        "points_earned": 0,
        "points_taken": 91,
        "points_given": 100,
        "rounding": 0,
        "payable": 6240,
        "tenders": (("cash", 6240, 6240, 0),),
    }
    return receipt(43, **(back | changes))


def until(holds: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Wait for what another thread brings about; an assertion that says so when it does not."""
    end = monotonic() + limit_s
    while not holds():
        assert monotonic() < end, "it did not come about in time"
        Event().wait(LOOK_EVERY_S)
