"""A register's paper: the printer with its queue, and how receipts look on the screen.

Pillow is imported at the first picture, the printer's commands by its own thread.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pos_app.bootstrap.program import granary_command
from pos_app.devices.paper import PAPER_80, Paper, Sheet
from pos_app.devices.printer.ports import PrinterPort
from pos_app.devices.printer.queue import Ears, PrinterQueue, PrinterState
from pos_app.devices.receipt_renderings import ReceiptRenderings
from pos_app.devices.receipt_words import read_words
from pos_app.devices.report_words import read_report_words
from pos_app.domain.errors import PrinterDown
from pos_app.domain.receipt import Receipt
from pos_app.domain.shift_report import ShiftReport
from pos_app.store.register_folder import RegisterFolder
from pos_app.ui.ports import PrinterStatus

SIMULATOR = "simulator"
"""The printer's name for a simulated one in a process beside; its paper is in the register's folder."""
NO_PRINTER = "none"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JoinedPaper:
    """What prints and shows receipts. ``printer`` is None where there is none."""

    renderings: ReceiptRenderings
    printer: PrinterQueue | None
    closing: Callable[[], None]

    def put(self, receipt: Receipt) -> None:
        """Queue a receipt; without a printer it is only on the screen."""
        if self.printer is not None:
            self.printer.put(receipt)

    def put_report(self, report: ShiftReport) -> None:
        """Queue a shift's report; without a printer it is only on the screen."""
        words, paper = self.renderings.report_words, self.renderings.paper

        def job(copy: bool) -> bytes:  # noqa: FBT001 — the queue's own shape
            from pos_app.devices.printer.jobs import PrinterJobs

            return PrinterJobs(self.renderings.words, paper).report(replace(report, copy=copy), words)

        if self.printer is not None:
            self.printer.put_report(job, copy=report.copy)

    def open_drawer(self) -> None:
        """Let the drawer spring open, if a printer has one; whether that can be had tells the printer's state."""
        from pos_app.devices.printer.jobs import PrinterJobs

        if self.printer is not None:
            self.printer.ask(PrinterJobs(self.renderings.words, self.renderings.paper).drawer())

    def print_test(self) -> None:
        """Print a test page; raise ``PrinterDown`` when it cannot be."""
        from pos_app.devices.printer.jobs import PrinterJobs

        if self.printer is None:
            raise PrinterDown("printer_none")
        self.printer.print_now(PrinterJobs(self.renderings.words, self.renderings.paper).test_page())

    def close(self) -> None:
        """Print what waits and end the queue."""
        if self.printer is not None:
            self.printer.close()
        self.closing()


def join_paper(
    folder: RegisterFolder, printer: str, words_file: Path, tell: Callable[[PrinterStatus], None]
) -> JoinedPaper:
    """Join a printer named as ``none``, ``simulator``, ``tcp://host[:port]`` or a device file.

    The words of reports lie beside those of receipts, in a file of the same name.
    """
    words = read_words(words_file)
    report_words = read_report_words(words_file.parent.parent / "reports" / words_file.name)
    renderings = ReceiptRenderings(words, report_words, PAPER_80, _draw)
    if printer == NO_PRINTER:
        return JoinedPaper(renderings, None, lambda: None)

    def compose(receipt: Receipt, *, kick: bool) -> bytes:
        from pos_app.devices.printer.jobs import PrinterJobs

        return PrinterJobs(words, PAPER_80).receipt(receipt, kick=kick)

    ears = Ears(lambda state: tell(_status(state)), lambda bug: _log.error("printing_broke", exc_info=bug))
    port, closing = _port(folder, printer)
    return JoinedPaper(renderings, PrinterQueue(port, compose, ears), closing)


def _draw(sheet: Sheet, paper: Paper) -> bytes:
    from pos_app.devices.paper_picture import draw

    return draw(sheet, paper)


def _status(state: PrinterState) -> PrinterStatus:
    return PrinterStatus("ready" if state.ready else "down", state.waiting, state.code)


def _port(folder: RegisterFolder, printer: str) -> tuple[PrinterPort, Callable[[], None]]:
    """Give the way to the printer, and what to do at the end."""
    if printer == SIMULATOR:
        from pos_app.devices.printer.simulator.port import SimulatorPort

        simulator = SimulatorPort(granary_command(), folder.printouts)
        return simulator, simulator.close
    if printer.startswith("tcp://"):
        from pos_app.devices.printer.network_port import PORT, NetworkPort

        host, _, port = printer.removeprefix("tcp://").partition(":")
        return NetworkPort(host, int(port) if port.isdecimal() else PORT), lambda: None
    from pos_app.devices.printer.device_port import DevicePort

    return DevicePort(printer), lambda: None
