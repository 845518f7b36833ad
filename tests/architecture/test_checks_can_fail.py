"""Each check shown a few lines that it must object to, and the like of them that it must let pass."""

from pathlib import PurePosixPath

import pytest

from tests.architecture import shape_checks, trade_checks
from tests.architecture.shape_checks import SHAPE_CHECKS
from tests.architecture.test_house_style import Check
from tests.architecture.trade_checks import TRADE_CHECKS
from tests.architecture.tree import Module

DOMAIN = "pos_app/domain/money.py"
STORE = "pos_app/store/journal/writer.py"
ROOM = "pos_app/ui/rooms/checkout/view.py"
LONG_FUNCTION = "def ring():\n" + "    scan()\n" * 60

BAD: list[tuple[Check, str, str]] = [
    (trade_checks.no_float_in_pure_rooms, DOMAIN, "rate = 0.9"),
    (trade_checks.no_float_in_pure_rooms, DOMAIN, "def total(price: float) -> int: ..."),
    (trade_checks.no_float_in_pure_rooms, DOMAIN, "half = total / 2"),
    (trade_checks.no_float_in_pure_rooms, DOMAIN, "total /= 2"),
    (trade_checks.no_float_in_pure_rooms, DOMAIN, "fen = round(total)"),
    (trade_checks.no_float_in_pure_rooms, "pos_app/services/selling.py", "change = float(paid)"),
    (trade_checks.no_money_as_float, STORE, "payable: float = 0"),
    (trade_checks.no_money_as_float, STORE, "def pay(tendered: float | None) -> None: ..."),
    (trade_checks.no_money_as_float, STORE, "def total_fen() -> float: ..."),
    (trade_checks.no_money_as_float, STORE, "from sqlalchemy import Column, Float"),
    (trade_checks.no_signal_of_int, ROOM, "changed = Signal(int)"),
    (trade_checks.no_signal_of_int, ROOM, "changed = QtCore.Signal(str, int)"),
    (trade_checks.no_naive_datetime, STORE, "at = datetime(2026, 6, 18)"),
    (trade_checks.no_naive_datetime, STORE, "at = datetime.datetime.utcnow()"),
    (trade_checks.no_naive_datetime, STORE, "at = datetime.fromtimestamp(0)"),
    (trade_checks.no_naive_datetime, STORE, "at = datetime.strptime(text, shape)"),
    (trade_checks.no_clock_but_the_clock, STORE, "at = datetime.now(tz=UTC)"),
    (trade_checks.no_clock_but_the_clock, STORE, "at = datetime.datetime.now(UTC)"),
    (trade_checks.no_clock_but_the_clock, STORE, "today = date.today()"),
    (trade_checks.no_clock_but_the_clock, STORE, "at = time.time()"),
    (trade_checks.no_clock_but_the_clock, STORE, "from time import time_ns"),
    (trade_checks.no_chinese_in_code, ROOM, 'label.setText("收银")'),
    (shape_checks.not_too_long, STORE, "scan()\n" * 401),
    (shape_checks.not_too_long, STORE, LONG_FUNCTION),
    (shape_checks.few_positional_parameters, STORE, "def ring(a, b, c, d, e): ..."),
    (shape_checks.few_positional_parameters, STORE, "class Till:\n    def ring(self, a, b, c, d, e): ..."),
    (shape_checks.plain_names, "pos_app/store/utils.py", ""),
    (shape_checks.plain_names, "pos_app/common/money.py", ""),
    (shape_checks.plain_names, "sync/client/queue_manager.py", ""),
    (shape_checks.plain_names, STORE, "class SyncManager: ..."),
    (shape_checks.said_what_for, STORE, "x = 1"),
    (shape_checks.said_what_for, STORE, '"""The writer."""\nclass Writer: ...'),
    (shape_checks.init_is_a_docstring, "sync/hq/__init__.py", '"""HQ."""\nfrom sync.hq.app import app'),
    (shape_checks.imports_stand_at_the_top, STORE, "def ring():\n    import httpx"),
    (shape_checks.imports_stand_at_the_top, STORE, "importlib.import_module(name)"),
    (shape_checks.broad_except_at_the_edges, STORE, "try: ring()\nexcept Exception: pass"),
    (shape_checks.broad_except_at_the_edges, STORE, "try: ring()\nexcept: pass"),
    (shape_checks.broad_except_at_the_edges, STORE, "try: ring()\nexcept (OSError, BaseException): pass"),
    (shape_checks.broad_except_at_the_edges, STORE, "with suppress(Exception): ring()"),
    (shape_checks.nothing_left_over, STORE, "ring()  # TODO the rest"),
    (shape_checks.nothing_left_over, STORE, "ring()  # noqa"),
    (shape_checks.nothing_left_over, STORE, "ring()  # noqa: S608"),
    (shape_checks.nothing_left_over, STORE, "ring()  # type: ignore"),
    (shape_checks.nothing_left_over, STORE, "ring()  # type: ignore[attr-defined]"),
]

GOOD: list[tuple[Check, str, str]] = [
    (trade_checks.no_float_in_pure_rooms, DOMAIN, "half = total // 2\nassert not isinstance(total, float)"),
    (trade_checks.no_float_in_pure_rooms, STORE, "wait_s = 0.5 / 2"),
    (trade_checks.no_money_as_float, STORE, "wait_s: float = 0.5\npayable: int = 0"),
    (trade_checks.no_signal_of_int, ROOM, "changed = Signal(object)"),
    (
        trade_checks.no_naive_datetime,
        STORE,
        "at = datetime(2026, 6, 18, tzinfo=UTC)\nat = datetime.fromtimestamp(0, tz=UTC)",
    ),
    (trade_checks.no_clock_but_the_clock, "pos_app/store/clock.py", "at = time.time_ns()"),
    (trade_checks.no_clock_but_the_clock, STORE, "begun = time.monotonic()"),
    (trade_checks.no_chinese_in_code, ROOM, '"""收银 Checkout."""\nlabel.setText(text("checkout.title"))  # 收银'),
    (shape_checks.not_too_long, STORE, "scan()\n" * 400),
    (shape_checks.few_positional_parameters, STORE, "class Till:\n    def ring(self, a, b, c, d, *, e, f): ..."),
    (shape_checks.few_positional_parameters, STORE, "@override\ndef data(a, b, c, d, e): ..."),
    (shape_checks.plain_names, "pos_app/store/journal/writer.py", "class Commons: ..."),
    (shape_checks.said_what_for, "tests/unit/test_money.py", "class Case: ..."),
    (shape_checks.init_is_a_docstring, "sync/hq/__init__.py", '"""HQ."""'),
    (shape_checks.imports_stand_at_the_top, "pos_app/bootstrap/paper.py", "def start():\n    import httpx"),
    (shape_checks.broad_except_at_the_edges, STORE, "try: ring()\nexcept Exception:\n    roll_back()\n    raise"),
    (shape_checks.broad_except_at_the_edges, STORE, "try: ring()\nexcept OSError: pass"),
    (shape_checks.nothing_left_over, STORE, "query = x  # noqa: S608 — the table's name is ours"),
    (
        shape_checks.nothing_left_over,
        STORE,
        "query = x  # type: ignore[attr-defined]  # untyped upstream, see their issue 12",
    ),
]


def _case(value: object) -> str | None:
    if callable(value):
        return str(getattr(value, "__name__", value))
    return value[:30] if isinstance(value, str) else None


@pytest.mark.parametrize(("check", "path", "text"), BAD, ids=_case)
def test_bad_code_is_found_and_advice_is_given(check: Check, path: str, text: str) -> None:
    findings = list(check(Module(PurePosixPath(path), text)))

    assert findings
    assert all(finding.advice and finding.line >= 1 for finding in findings)


@pytest.mark.parametrize(("check", "path", "text"), GOOD, ids=_case)
def test_good_code_is_left_alone(check: Check, path: str, text: str) -> None:
    assert list(check(Module(PurePosixPath(path), text))) == []


def test_every_check_has_shown_that_it_can_fail() -> None:
    shown = {check for check, _, _ in BAD}

    assert shown == {*SHAPE_CHECKS, *TRADE_CHECKS}
