"""How a receipt looks away from the printer: as text and as a picture."""

from collections.abc import Callable
from dataclasses import dataclass

from pos_app.devices.paper import Paper, Sheet
from pos_app.devices.paper_text import sheet_text
from pos_app.devices.receipt_layout import lay_out
from pos_app.devices.receipt_words import ReceiptWords
from pos_app.devices.report_layout import lay_out_report
from pos_app.devices.report_words import ReportWords
from pos_app.domain.receipt import Receipt
from pos_app.domain.shift_report import ShiftReport


@dataclass(frozen=True, slots=True)
class ReceiptRenderings:
    """Shows receipts as one store prints them.

    ``draw`` is `pos_app.devices.paper_picture.draw`, handed in, since Pillow need not be loaded before the first
    picture is asked for.
    """

    words: ReceiptWords
    report_words: ReportWords
    paper: Paper
    draw: Callable[[Sheet, Paper], bytes]

    def text(self, receipt: Receipt) -> tuple[str, ...]:
        """Lay it out as lines of a fixed pitch, as the printer would."""
        return sheet_text(lay_out(receipt, self.words, self.paper), self.paper)

    def report_text(self, report: ShiftReport) -> tuple[str, ...]:
        """Lay a shift's report out as lines of a fixed pitch, as the printer would."""
        return sheet_text(lay_out_report(report, self.report_words, self.paper), self.paper)

    def picture(self, receipt: Receipt) -> bytes:
        """Draw it as a PNG."""
        return self.draw(lay_out(receipt, self.words, self.paper), self.paper)
