"""A register's paper: the printer with its queue, and how receipts look on the screen.

`python-escpos` and Pillow are imported by the printer's own thread and at the first picture.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pos_app.devices.paper import PAPER_80, Paper, Sheet
from pos_app.devices.printer.ports import PrinterPort
from pos_app.devices.printer.queue import Ears, PrinterQueue, PrinterState
from pos_app.devices.receipt_renderings import ReceiptRenderings
from pos_app.devices.receipt_words import ReceiptWords, read_words
from pos_app.domain.receipt import Receipt
from pos_app.store.register_folder import RegisterFolder
from pos_app.ui.ports import PrinterStatus

SIMULATOR = "simulator"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JoinedPaper:
    """What prints and shows receipts."""

    renderings: ReceiptRenderings
    queue: PrinterQueue
    words: ReceiptWords
    paper: Paper

    def print_test(self) -> None:
        """Print a test page; raise ``PrinterDown`` when it cannot be."""
        from pos_app.devices.printer.jobs import PrinterJobs

        self.queue.print_now(PrinterJobs(self.words, self.paper).test_page())

    def close(self) -> None:
        """Print what waits and end the queue."""
        self.queue.close()


def join_paper(
    folder: RegisterFolder, printer: str, words_file: Path, tell: Callable[[PrinterStatus], None]
) -> JoinedPaper:
    """Join a printer named as ``simulator``, ``tcp://host[:port]`` or a device file."""
    words = read_words(words_file)

    def compose(receipt: Receipt, *, kick: bool) -> bytes:
        from pos_app.devices.printer.jobs import PrinterJobs

        return PrinterJobs(words, PAPER_80).receipt(receipt, kick=kick)

    ears = Ears(lambda state: tell(_status(state)), lambda bug: _log.error("printing_broke", exc_info=bug))
    return JoinedPaper(
        renderings=ReceiptRenderings(words, PAPER_80, _draw),
        queue=PrinterQueue(_port(folder, printer), compose, ears),
        words=words,
        paper=PAPER_80,
    )


def _draw(sheet: Sheet, paper: Paper) -> bytes:
    from pos_app.devices.paper_picture import draw

    return draw(sheet, paper)


def _status(state: PrinterState) -> PrinterStatus:
    return PrinterStatus("ready" if state.ready else "down", state.waiting, state.code)


def _port(folder: RegisterFolder, printer: str) -> PrinterPort:
    if printer == SIMULATOR:
        from pos_app.devices.printer.simulator.port import SimulatorPort

        return SimulatorPort(folder.printouts)
    if printer.startswith("tcp://"):
        from pos_app.devices.printer.network_port import PORT, NetworkPort

        host, _, port = printer.removeprefix("tcp://").partition(":")
        return NetworkPort(host, int(port) if port.isdecimal() else PORT)
    from pos_app.devices.printer.device_port import DevicePort

    return DevicePort(printer)
