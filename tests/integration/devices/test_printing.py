"""A sale's receipt on its way to paper: the queue, a network printer's port, and the simulated printer on a socket."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event, Thread

import pytest

from pos_app.devices.paper import PAPER_80, Line
from pos_app.devices.printer.jobs import PrinterJobs
from pos_app.devices.printer.network_port import NetworkPort
from pos_app.devices.printer.ports import JobInDoubt
from pos_app.devices.printer.queue import WAITING_LIMIT, Compose, Ears, Pace, PrinterQueue, PrinterState
from pos_app.devices.printer.simulator.server import PrinterSimulator
from pos_app.domain.errors import PrinterDown
from pos_app.domain.receipt import Receipt
from tests.support.receipts import receipt, until, words

pytestmark = pytest.mark.loopback

JOBS = PrinterJobs(words(), PAPER_80)
QUICK = Pace(retry_s=0.02, idle_s=0.05)
PATIENT = Pace(retry_s=30, idle_s=30)


@dataclass
class Heard:
    """What a queue told."""

    states: list[PrinterState] = field(default_factory=list)
    bugs: list[Exception] = field(default_factory=list)

    @property
    def ears(self) -> Ears:
        return Ears(self.states.append, self.bugs.append)

    def now(self) -> PrinterState:
        return self.states[-1] if self.states else PrinterState(ready=False, code="not heard")


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def printer() -> Iterator[PrinterSimulator]:
    simulated = PrinterSimulator()
    yield simulated
    simulated.close()


Opened = Callable[..., PrinterQueue]


@pytest.fixture
def opened(heard: Heard) -> Iterator[Opened]:
    queues: list[PrinterQueue] = []

    def open_queue(port: object, compose: Compose = JOBS.receipt, pace: Pace = QUICK) -> PrinterQueue:
        queues.append(PrinterQueue(port, compose, heard.ears, pace))  # type: ignore[arg-type]  # ports of many shapes
        return queues[-1]

    yield open_queue
    for queue in queues:
        queue.close(5)


def port_of(printer: PrinterSimulator) -> NetworkPort:
    return NetworkPort(printer.host, printer.port, status_wait_s=1, done_wait_s=5)


def numbers(printer: PrinterSimulator) -> list[str]:
    """The last four digits of what is on paper, with a mark for copies."""
    found = []
    for printed in list(printer.printed):
        rows = [item.text.strip() for item in printed.sheet if isinstance(item, Line)]
        (number,) = (row[-4:] for row in rows if row.startswith("单号"))
        found.append(number + ("c" if "副本" in rows else ""))
    return found


def test_receipts_come_out_in_the_order_of_the_sales(printer: PrinterSimulator, opened: Opened, heard: Heard) -> None:
    queue = opened(port_of(printer))

    for number in range(1, 8):
        queue.put(receipt(number))
    until(lambda: len(printer.printed) == 7 and heard.now() == PrinterState(ready=True))

    assert numbers(printer) == [f"{number:04d}" for number in range(1, 8)]
    assert all(not printed.strange for printed in printer.printed)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ("paper_out", "printer_paper_out"),
        ("cover_open", "printer_cover_open"),
        ("offline", "printer_offline"),
        ("broken", "printer_broken"),
    ],
)
def test_a_printer_in_trouble_keeps_receipts_waiting_and_each_is_printed_once(
    printer: PrinterSimulator, opened: Opened, heard: Heard, trouble: str, code: str
) -> None:
    printer.set_trouble(**{trouble: True})
    queue = opened(port_of(printer))
    for number in (1, 2, 3):
        queue.put(receipt(number))
    until(lambda: heard.now() == PrinterState(ready=False, waiting=3, code=code))

    printer.set_trouble(**{trouble: False})
    until(lambda: heard.now() == PrinterState(ready=True))

    assert numbers(printer) == ["0001", "0002", "0003"]


def test_a_printer_that_is_switched_off_and_on_prints_what_waited_once(opened: Opened, heard: Heard) -> None:
    gone = PrinterSimulator()
    gone.close()
    queue = opened(port_of(gone))
    queue.put(receipt(1))
    queue.put(receipt(2))
    until(lambda: heard.now() == PrinterState(ready=False, waiting=2, code="printer_unreachable"))

    back = PrinterSimulator(port=gone.port)
    until(lambda: heard.now() == PrinterState(ready=True))
    back.close()

    assert numbers(back) == ["0001", "0002"]


def test_an_idle_printer_is_looked_after(printer: PrinterSimulator, opened: Opened, heard: Heard) -> None:
    opened(port_of(printer))
    until(lambda: heard.now().ready)

    printer.set_trouble(paper_out=True)
    until(lambda: heard.now() == PrinterState(ready=False, code="printer_paper_out"))
    printer.set_trouble(paper_out=False)
    until(lambda: heard.now().ready)

    assert not printer.printed


def test_paper_that_ends_within_a_receipt_gives_the_original_once_and_a_marked_copy(
    printer: PrinterSimulator, opened: Opened, heard: Heard
) -> None:
    """The printer took it and fell silent: the original may be on paper, so what is printed after is a copy."""
    ending = PaperEnds(port_of(printer), printer)
    queue = opened(ending)
    queue.put(receipt(1))
    queue.put(receipt(2))
    until(lambda: heard.now().code == "printer_paper_out")

    printer.set_trouble(paper_out=False)
    until(lambda: heard.now() == PrinterState(ready=True))

    assert numbers(printer) == ["0001", "0001c", "0002"]


@dataclass
class PaperEnds:
    """The paper ends once, just after the printer said that it is ready and before it took the first job."""

    port: NetworkPort
    printer: PrinterSimulator
    ended: bool = False

    def check(self) -> None:
        self.port.check()

    def deliver(self, job: bytes) -> None:
        if self.ended:
            return self.port.deliver(job)
        self.ended = True
        hasty = NetworkPort(self.port.host, self.port.port, answers=False)
        self.printer.set_trouble(paper_out=True)
        hasty.deliver(job)
        raise JobInDoubt("printer_cut_off", address=hasty.address)


@dataclass
class Doubtful:
    """A printer that prints and never says that it did."""

    taken: list[bytes] = field(default_factory=list)

    def check(self) -> None: ...

    def deliver(self, job: bytes) -> None:
        self.taken.append(job)
        raise JobInDoubt("printer_cut_off")


def test_a_printer_that_never_says_done_gets_one_original_and_one_copy_of_each(opened: Opened, heard: Heard) -> None:
    printer = Doubtful()
    queue = opened(printer)
    queue.put(receipt(1))
    queue.put(receipt(2))
    until(lambda: heard.now().ready and heard.now().skipped == 2)

    assert printer.taken == [
        JOBS.receipt(receipt(1), kick=True),
        JOBS.receipt(receipt(1, copy=True), kick=False),
        JOBS.receipt(receipt(2), kick=True),
        JOBS.receipt(receipt(2, copy=True), kick=False),
    ]


@dataclass
class Hanging:
    """A printer that takes a job and hangs until it is let go."""

    let_go: Event = field(default_factory=Event)
    took: Event = field(default_factory=Event)
    jobs: list[bytes] = field(default_factory=list)

    def check(self) -> None: ...

    def deliver(self, job: bytes) -> None:
        self.took.set()
        assert self.let_go.wait(20)
        self.jobs.append(job)


def test_a_printer_that_hangs_holds_no_sale_up(opened: Opened, heard: Heard) -> None:
    printer = Hanging()
    queue = opened(printer, pace=PATIENT)
    queue.put(receipt(1))
    assert printer.took.wait(5)

    def sell() -> None:
        for number in range(2, 12):
            queue.put(receipt(number))

    seller = Thread(target=sell)
    seller.start()
    seller.join(5)
    assert not seller.is_alive()

    printer.let_go.set()
    until(lambda: len(printer.jobs) == 11 and heard.now() == PrinterState(ready=True))


def test_after_a_days_trouble_only_the_newest_receipts_come_out(opened: Opened, heard: Heard) -> None:
    printer = Hanging()
    queue = opened(printer, pace=PATIENT)
    queue.put(receipt(1))
    assert printer.took.wait(5)

    for number in range(2, WAITING_LIMIT + 11):
        queue.put(receipt(number))
    printer.let_go.set()
    until(lambda: heard.now() == PrinterState(ready=True, skipped=10))

    newest = [JOBS.receipt(receipt(number), kick=True) for number in range(11, WAITING_LIMIT + 11)]
    assert printer.jobs == [JOBS.receipt(receipt(1), kick=True), *newest]


def test_the_drawer_opens_for_cash_at_once_and_for_nothing_else(printer: PrinterSimulator, opened: Opened) -> None:
    queue = opened(port_of(printer))

    queue.put(receipt(1))
    queue.put(receipt(2, copy=True))
    queue.put(receipt(3, tenders=(("voucher", 33220, 33220, 0),)))
    until(lambda: len(printer.printed) == 3)

    assert [printed.kicks for printed in printer.printed] == [1, 0, 0]


def test_a_drawer_does_not_spring_open_long_after_the_sale(
    printer: PrinterSimulator, opened: Opened, heard: Heard
) -> None:
    printer.set_trouble(paper_out=True)
    queue = opened(port_of(printer), pace=Pace(retry_s=0.02, idle_s=0.05, kick_within_s=0.1))
    queue.put(receipt(1))
    until(lambda: heard.now().waiting == 1)
    Event().wait(0.15)

    printer.set_trouble(paper_out=False)
    until(lambda: heard.now() == PrinterState(ready=True))

    assert numbers(printer) == ["0001"]
    assert printer.kicks == 0


def test_the_drawer_is_opened_without_a_sale(printer: PrinterSimulator, opened: Opened) -> None:
    queue = opened(port_of(printer))

    queue.print_now(JOBS.drawer())

    assert (printer.kicks, len(printer.printed)) == (1, 0)


def test_a_test_page_goes_before_what_waits_and_says_what_is_wrong(
    printer: PrinterSimulator, opened: Opened, heard: Heard
) -> None:
    printer.set_trouble(cover_open=True)
    queue = opened(port_of(printer))
    queue.put(receipt(1))
    until(lambda: heard.now().waiting == 1)

    with pytest.raises(PrinterDown) as down:
        queue.print_now(JOBS.test_page())
    assert down.value.code == "printer_cover_open"

    printer.set_trouble(cover_open=False)
    queue.print_now(JOBS.test_page())
    until(lambda: heard.now() == PrinterState(ready=True))
    assert len(printer.printed) == 2


def test_a_receipt_that_cannot_be_made_stops_none_behind_it(
    printer: PrinterSimulator, opened: Opened, heard: Heard
) -> None:
    def compose(shown: Receipt, *, kick: bool) -> bytes:
        if shown.number.endswith("0001"):
            raise ZeroDivisionError
        return JOBS.receipt(shown, kick=kick)

    queue = opened(port_of(printer), compose)
    queue.put(receipt(1))
    queue.put(receipt(2))
    until(lambda: heard.now() == PrinterState(ready=True, skipped=1))

    assert numbers(printer) == ["0002"]
    assert [type(bug) for bug in heard.bugs] == [ZeroDivisionError]


def test_closing_prints_what_waits_and_then_takes_no_more_pages(printer: PrinterSimulator, opened: Opened) -> None:
    queue = opened(port_of(printer), pace=PATIENT)
    for number in range(1, 6):
        queue.put(receipt(number))

    queue.close(10)

    assert numbers(printer) == [f"{number:04d}" for number in range(1, 6)]
    with pytest.raises(PrinterDown) as down:
        queue.print_now(JOBS.test_page())
    assert down.value.code == "printer_busy"


def test_closing_does_not_wait_for_a_printer_that_is_down(
    printer: PrinterSimulator, opened: Opened, heard: Heard
) -> None:
    printer.set_trouble(paper_out=True)
    queue = opened(port_of(printer), pace=PATIENT)
    queue.put(receipt(1))
    until(lambda: heard.now().waiting == 1)

    queue.close(5)

    assert not queue._thread.is_alive()
    assert not printer.printed
