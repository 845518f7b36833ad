"""The main job in a real window: `granary demo` on an X screen, keys from a keyboard, codes from a wedge scanner.

Nothing of the program is loaded here to drive it. What happened is read where it must have happened: in the register's
journal, on the printer's paper, and at headquarters over its API.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from pos_app.domain.facts import START, Fact, read_fact
from pos_app.proving.administrator import Administrator
from pos_app.store.journal.basket_rows import read_basket
from pos_app.store.journal.opening import connect_to_read
from pos_app.store.journal.reading import JournalReader
from pos_app.store.register_folder import RegisterFolder
from sync.hq.settings import read_token
from tests.support.receipts import until
from tests.support.screen import Screen, open_screen

pytestmark = [pytest.mark.slow, pytest.mark.loopback, pytest.mark.timeout(400)]

LIMIT_S = 90.0
TITLE = "谷仓收银"
STORE = "S001"
OPERATOR, PIN = "1001", "1234"
RICE, RICE_CASE, SALT = "6999999000129", "16999999000126", "6999999202011"


class Demo:
    """A running demo, and what it left behind."""

    def __init__(self, data: Path, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.register = RegisterFolder(data / "register")
        self._hq_folder = data / "hq"

    def facts(self, kind: str) -> list[Fact]:
        """The facts of a kind in the journal, whose chain and receipts are verified on the way."""
        with closing(JournalReader(self.register.journal)) as journal:
            journal.verify()
            facts = [read_fact(stored.canonical) for stored in journal.after(START, 1000)]
        return [fact for fact in facts if fact.kind == kind]

    def lines_in_basket(self) -> list[tuple[str, int]]:
        """Code and quantity of each line of the open basket, as the journal keeps it."""
        with closing(connect_to_read(self.register.journal)) as journal:
            kept = read_basket(journal)
        return [] if kept is None else [(line.code, line.quantity) for line in kept.basket.lines]

    def sales_at_headquarters(self) -> list[dict[str, Any]]:
        identity = self.register.identity()
        assert identity is not None
        administrator = Administrator(identity.headquarters, read_token(self._hq_folder))
        return administrator.sales_of(STORE)

    def printouts(self) -> list[str]:
        return [path.read_text(encoding="utf-8") for path in sorted(self.register.printouts.glob("*.txt"))]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with open_screen() as opened:
        yield opened


@contextmanager
def demo_on(screen: Screen, data: Path) -> Iterator[Demo]:
    """Start the demo as a person does; at the end pull its plug and see that nothing of it lives on."""
    log = data.with_suffix(".log")
    with log.open("a", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "pos_app", "demo", "--data", str(data)],
            env=screen.environment,
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            text=True,
        )
    with process:
        try:
            screen.focus_on(TITLE)
            yield Demo(data, process)
        except BaseException:
            screen.picture_as_it_is("failed")
            sys.stderr.write(log.read_text(encoding="utf-8")[-4000:])
            raise
        finally:
            family = [process, *psutil.Process(process.pid).children(recursive=True)]
            process.kill()
            left = [each for each in family[1:] if isinstance(each, psutil.Process)]
            _, alive = psutil.wait_procs(left, timeout=30)
            for each in alive:
                each.kill()
    assert alive == []


def sign_in(screen: Screen, demo: Demo) -> None:
    before = len(demo.facts("signed_in")) if demo.register.journal.exists() else 0
    screen.rest()
    screen.press(*OPERATOR, "Return")
    screen.press(*PIN, "Return")
    until(lambda: len(demo.facts("signed_in")) == before + 1, LIMIT_S)


def scan(screen: Screen, demo: Demo, code: str, basket: list[tuple[str, int]]) -> None:
    screen.scan(code)
    until(lambda: demo.lines_in_basket() == basket, LIMIT_S)


def pay(screen: Screen, demo: Demo, yuan: str) -> None:
    before = len(demo.facts("sale"))
    screen.press("KP_Add")
    screen.rest()
    screen.press(*yuan, "Return")
    until(lambda: len(demo.facts("sale")) == before + 1, LIMIT_S)


def test_a_cashier_sells_from_sign_in_to_receipt_and_headquarters_has_the_sale_once(
    screen: Screen, tmp_path: Path
) -> None:
    with demo_on(screen, tmp_path / "demo") as demo:
        screen.picture("sign-in")
        sign_in(screen, demo)
        screen.press("F2")
        scan(screen, demo, RICE, [(RICE, 1000)])
        scan(screen, demo, SALT, [(RICE, 1000), (SALT, 1000)])
        scan(screen, demo, SALT, [(RICE, 1000), (SALT, 2000)])
        scan(screen, demo, RICE_CASE, [(RICE, 5000), (SALT, 2000)])
        screen.picture("scanned")
        pay(screen, demo, "500")
        screen.picture("receipt")

        (sale,) = demo.facts("sale")
        until(lambda: len(demo.sales_at_headquarters()) == 1, LIMIT_S)
        (row,) = demo.sales_at_headquarters()
        assert (row["id"], row["payable"]) == (sale.body["sale"], sale.body["payable"])
        assert sale.body["payable"] == sum(line["net"] for line in sale.body["lines"])
        assert [(each["received"], each["change"]) for each in sale.body["tenders"]] == [
            (50_000, 50_000 - sale.body["payable"])
        ]

        until(lambda: len(demo.printouts()) == 1, LIMIT_S)
        assert f"单号 {sale.body['receipt']}" in demo.printouts()[0]
        assert sale.body["receipt"].endswith("-0001")


def test_a_register_killed_within_a_basket_comes_back_with_it_and_the_next_receipt_number(
    screen: Screen, tmp_path: Path
) -> None:
    with demo_on(screen, tmp_path / "demo") as demo:
        sign_in(screen, demo)
        scan(screen, demo, SALT, [(SALT, 1000)])
        pay(screen, demo, "5")
        scan(screen, demo, RICE, [(RICE, 1000)])
        scan(screen, demo, SALT, [(RICE, 1000), (SALT, 1000)])

    with demo_on(screen, tmp_path / "demo") as demo:
        sign_in(screen, demo)
        screen.picture("after-the-kill")
        assert demo.lines_in_basket() == [(RICE, 1000), (SALT, 1000)]
        pay(screen, demo, "100")

        first, second = demo.facts("sale")
        assert [sale.body["receipt"][-4:] for sale in (first, second)] == ["0001", "0002"]
        assert [line["code"] for line in second.body["lines"]] == [RICE, SALT]
        until(lambda: len(demo.sales_at_headquarters()) == 2, LIMIT_S)
        assert {row["id"] for row in demo.sales_at_headquarters()} == {first.body["sale"], second.body["sale"]}
