"""What went wrong at others' counters, each once here: a register's real files and engine, the real headquarters.

The wounds of points and coupons are with what spends them.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import httpx
import pytest

from pos_app.bootstrap.line import enrol_register, wired_sync
from pos_app.domain.errors import FileDamaged, FileLocked, LineDown, Refusal
from pos_app.domain.facts import Happening
from pos_app.domain.ids import OperatorId
from pos_app.store.register_folder import RegisterFolder
from tests.integration.hq.till import OIL, RICE, small_chain
from tests.support.mishaps import Mishaps, answer_lost, doubled
from tests.support.real_hq import Borrowed, RealHq
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE, OIL_CODE = "6999999000112", "6999999000129"
CASHIER = OperatorId("1001")


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain())
    yield hq
    hq.stop()


@dataclass(slots=True)
class Store:
    """Registers of a store, each behind a line where mishaps may be expected."""

    hq: RealHq
    folder: Path
    registers: list[WholeRegister] = field(default_factory=list)
    mishaps: Mishaps = field(init=False)

    def __post_init__(self) -> None:
        self.mishaps = Mishaps(Borrowed(self.hq))

    def register(self) -> WholeRegister:
        register = enrolled(self.hq, self.folder / f"register-{len(self.registers) + 1}", "S001")
        self.registers.append(register)
        self.behind(register, self.mishaps)
        return register

    def behind(self, register: WholeRegister, line: httpx.BaseTransport) -> None:
        """Let a register reach headquarters another way."""
        register.stop()
        register.line = type(register.line)(line)
        register.start()


@pytest.fixture
def store(hq: RealHq, tmp_path: Path) -> Iterator[Store]:
    store = Store(hq, tmp_path)
    yield store
    for register in store.registers:
        register.stop()


def sales_at(hq: RealHq) -> list[str]:
    rows = hq.administrator("GET", "/v1/reports/sales", params={"group": "sale"})["rows"]
    return sorted(row["receipt"] for row in rows)


def is_sound(hq: RealHq) -> bool:
    chains = hq.administrator("GET", "/v1/reports/chains")["broken"]
    return (chains, hq.administrator("GET", "/v1/reports/stock")["differs"]) == (0, 0)


def stock_at(hq: RealHq, sku: str) -> int:
    rows = hq.administrator("GET", "/v1/reports/stock", params={"place": "S001"})["rows"]
    return int(next(row["on_hand"] for row in rows if row["sku"] == sku))


def test_an_order_is_not_doubled_after_a_reconnect(store: Store, hq: RealHq) -> None:
    """What was sold offline was sent by two tabs, or sent again after a lost answer, and stood there twice: odoo#152259
    (https://github.com/odoo/odoo/issues/152259), POSNext#50 (https://github.com/BrainWise-DEV/POSNext/issues/50),
    erpnext#12971 (https://github.com/frappe/erpnext/issues/12971).
    """
    register = store.register()
    register.line.cut()
    sold = [register.sell(RICE_CODE, 2) for _ in range(3)]
    with pytest.raises(Refusal, match="basket_empty"):
        register.opened.selling.complete_with_cash(register.opened.selling.view().quote.payable, CASHIER)

    register.line.mend()
    store.mishaps.expect(answer_lost)
    with pytest.raises(LineDown):
        register.engine.push_once()
    identity = register.folder.identity()
    assert identity is not None
    with pytest.raises(FileLocked), wired_sync(register.folder, identity):
        pass
    both = [Thread(target=register.engine.push_once) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    register.restart()
    sold.append(register.sell(RICE_CODE, 2))
    store.mishaps.expect(doubled)
    register.sync()

    assert sales_at(hq) == sold
    assert stock_at(hq, RICE) == 100_000 - 8_000
    assert register.on_hand(RICE) == 100_000 - 8_000
    assert is_sound(hq)


def test_every_receipt_that_was_printed_is_a_sale_at_headquarters(store: Store, hq: RealHq, tmp_path: Path) -> None:
    """The line went in the middle of paying, the receipt was printed, the cashier pressed the sign again and again,
    switched the machine off, and the sale was nowhere: odoo#60939 (https://github.com/odoo/odoo/issues/60939),
    erpnext#11745 (https://github.com/frappe/erpnext/issues/11745: the browser's storage had been emptied).
    """
    register = store.register()
    register.sell(RICE_CODE)
    register.sync()
    register.opened.selling.scan(OIL_CODE)
    register.line.cut()
    register.sell(RICE_CODE)
    for _ in range(5):
        with pytest.raises(LineDown):
            register.engine.push_once()
    printed = [receipt.number for receipt in register.tray.receipts]

    # The power goes: the disk is what it is just now. And somebody empties all that looks like a cache.
    register.copy_disk(tmp_path / "after")
    shutil.rmtree(tmp_path / "after" / "replica")
    shutil.rmtree(tmp_path / "after" / "spool")
    after = WholeRegister(RegisterFolder(tmp_path / "after"), hq)
    after.folder.prepare()
    after.start()
    assert after.engine.status().waiting == 2
    after.sync()
    after.stop()

    assert sales_at(hq) == [str(number) for number in printed]
    assert is_sound(hq)


def test_one_bad_record_blocks_none_behind_it(store: Store, hq: RealHq) -> None:
    """One invoice that could not be submitted held up all the later ones of its till: erpnext#13388
    (https://github.com/frappe/erpnext/issues/13388).
    """
    register = store.register()
    good = [register.sell(RICE_CODE)]
    for kind, version, body in (
        ("teleported", 1, {}),
        ("sale", 99, {"sale": "S"}),
        ("sale", 1, {"sale": 7, "lines": "none"}),
    ):
        register.opened.journal.append(Happening(kind, version, "2026-06-18T10:30:00+00:00", CASHIER, body))
        good.append(register.sell(OIL_CODE))

    register.sync()

    assert sales_at(hq) == good
    assert register.engine.status().waiting == 0
    waits = hq.administrator("GET", "/v1/reports/exceptions")["rows"]
    assert sorted(row["code"] for row in waits) == ["fact_body_unreadable", "fact_kind_unknown", "fact_version_unknown"]
    assert [each.code for each in register.opened.replica.exceptions()] != []
    assert stock_at(hq, OIL) == 100_000 - 3_000
    assert is_sound(hq)


def test_two_tills_never_print_the_same_number(store: Store, hq: RealHq) -> None:
    """Two tills, or one that had sales still to send, took the next number from the server and printed one number
    twice: OCA/l10n-spain#4921 (https://github.com/OCA/l10n-spain/issues/4921), and #4550 there.
    """
    first, second = store.register(), store.register()
    printed: list[str] = []
    for register in (first, second):
        printed.append(register.sell(RICE_CODE))
        register.sync()
        register.line.cut()
    for _ in range(3):
        printed += [first.sell(RICE_CODE), second.sell(RICE_CODE)]
        for register in (first, second):
            register.restart()
    for register in (first, second):
        register.line.mend()
        # The first sale comes before what headquarters has to say.
        printed.append(register.sell(RICE_CODE))
        register.engine.fetch_again()
        printed.append(register.sell(RICE_CODE))
        register.sync()

    assert len(set(printed)) == len(printed) == 12
    assert sales_at(hq) == sorted(printed)
    for device in ("S001-R1", "S001-R2"):
        assert [int(number[-4:]) for number in sorted(printed) if number.startswith(device)] == [1, 2, 3, 4, 5, 6]
    assert hq.administrator("GET", "/v1/reports/exceptions")["rows"] == []


@dataclass(slots=True)
class NoFacts(httpx.BaseTransport):
    """A headquarters that answers every question, and to facts alone something else."""

    beyond: httpx.BaseTransport
    says: httpx.Response | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.says is None or request.method != "POST" or not request.url.path.endswith("/facts"):
            return self.beyond.handle_request(request)
        return httpx.Response(
            self.says.status_code, headers=self.says.headers, stream=httpx.ByteStream(self.says.read())
        )


@pytest.mark.parametrize("status", [503, 500, 404, 403])
def test_online_is_not_said_while_nothing_is_sent(store: Store, hq: RealHq, status: int) -> None:
    """A till's sign of the line and what it sent had parted: it showed one state while orders stayed where they were:
    odoo PR 220954 (https://github.com/odoo/odoo/pull/220954).
    """
    register = store.register()
    line = NoFacts(Borrowed(hq))
    store.behind(register, line)
    register.sync()
    assert register.engine.status().online

    line.says = httpx.Response(status, json={"code": "hq_failed", "field": "", "time": "", "details": {}})
    register.sell(RICE_CODE)
    with pytest.raises((LineDown, Refusal)):
        register.engine.push_once()
    # Prices go on coming, and that is no proof that anything is sent.
    hq.administrator("POST", "/v1/prices/import", json=[{"id": "C", "sku": OIL, "kind": "campaign", "amount": 100}])
    assert register.engine.pull_once().documents > 0
    shown = register.engine.status()
    assert (shown.online, shown.waiting) == (False, 1)
    assert shown.trouble

    line.says = None
    register.sync()
    shown = register.engine.status()
    assert (shown.online, shown.waiting, shown.trouble) == (True, 0, None)
    assert len(sales_at(hq)) == 1


def test_a_paid_order_is_not_opened_again_by_another_devices_sync(store: Store, hq: RealHq) -> None:
    """An order paid while the line was down was opened again by the next news of another device, or by a reload, and
    its payment was gone: odoo PR 288974 (https://github.com/odoo/odoo/pull/288974).
    """
    register, other = store.register(), store.register()
    selling = register.opened.selling
    selling.scan(RICE_CODE)
    register.restart()
    assert len(register.opened.selling.view().quote.lines) == 1, "an open basket outlives a restart"
    register.line.cut()
    paid = register.sell(OIL_CODE)

    other.sell(RICE_CODE)
    other.sync()
    register.line.mend()
    register.engine.fetch_again()
    assert register.opened.selling.renew().quote.lines == ()
    register.restart()
    assert register.opened.selling.view().quote.lines == ()
    register.sync()
    other.sync()

    (row,) = [row for row in sold_at(hq) if row["receipt"] == paid]
    assert row["payable"] == 6900 + 8990
    assert len(sales_at(hq)) == 2
    assert is_sound(hq)


def test_who_signs_out_or_enrols_anew_deletes_no_sale(store: Store, hq: RealHq) -> None:
    """Signing out emptied the till's storage, and with it what had not been sent; so did giving the till to another
    shop (erpnext#11745 names the emptied storage: https://github.com/frappe/erpnext/issues/11745).
    """
    register = store.register()
    register.line.cut()
    sold = [register.sell(RICE_CODE)]
    register.opened.signing_in.sign_in("1001", "1234")
    register.restart()
    sold.append(register.sell(RICE_CODE))

    # A hand wants to make it another store's register: what waits is first.
    register.stop()
    code = hq.administrator("POST", "/v1/enrolment-codes", json={"store": "S002"})["code"]
    with pytest.raises(FileDamaged, match="journal_of_another"):
        enrol_register(register.folder, "http://hq.test", code, transport=Borrowed(hq))
    register.start()
    register.line.mend()
    register.sync()

    assert sales_at(hq) == sold
    assert is_sound(hq)


def sold_at(hq: RealHq) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = hq.administrator("GET", "/v1/reports/sales", params={"group": "sale"})["rows"]
    return rows
