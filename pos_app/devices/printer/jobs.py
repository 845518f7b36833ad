"""What one register sends to its printer: receipts, the test page, the drawer's pulse, as bytes."""

from dataclasses import dataclass, field

from pos_app.devices.drawer import DrawerPulse
from pos_app.devices.paper import Look, Paper, Qr, Sheet, text_line
from pos_app.devices.printer.sheet_bytes import sheet_bytes
from pos_app.devices.receipt_layout import LARGE, QR_MODULE_DOTS, YEN, lay_out
from pos_app.devices.receipt_words import ReceiptWords
from pos_app.devices.report_layout import lay_out_report
from pos_app.devices.report_words import ReportWords
from pos_app.domain.receipt import Receipt
from pos_app.domain.shift_report import ShiftReport

WIDE = Look(2, 1)


@dataclass(frozen=True, slots=True)
class PrinterJobs:
    """Jobs in one store's words, for one width of paper and one drawer."""

    words: ReceiptWords
    paper: Paper
    pulse: DrawerPulse = field(default_factory=DrawerPulse)

    def receipt(self, receipt: Receipt, *, kick: bool) -> bytes:
        """A receipt, and the drawer with it or not."""
        return sheet_bytes(lay_out(receipt, self.words, self.paper), self.pulse.command() if kick else b"")

    def test_page(self) -> bytes:
        """A page that shows at a glance whether width, Chinese, yen and codes come out."""
        return sheet_bytes(sample_sheet(self.words, self.paper))

    def report(self, report: ShiftReport, words: ReportWords) -> bytes:
        """A shift's report."""
        return sheet_bytes(lay_out_report(report, words, self.paper))

    def drawer(self) -> bytes:
        """The pulse alone (no sale)."""
        return self.pulse.command()


def sample_sheet(words: ReceiptWords, paper: Paper) -> Sheet:
    """Lay out the test page."""
    ruler = "".join(str(column % 10) for column in range(1, paper.columns + 1))
    say = words.sample
    return (
        text_line(say["title"], align="center", look=LARGE),
        text_line(ruler),
        text_line(say["hanzi"], align="center"),
        text_line(say["hanzi"][:5], align="center", look=WIDE),
        text_line(f"$1.00   {YEN}1,234.50", align="right"),
        text_line("-" * paper.columns),
        text_line(say["ready"], align="center"),
        Qr("GRANARY", QR_MODULE_DOTS),
    )
