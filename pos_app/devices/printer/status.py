"""What a printer answers to ``DLE EOT n`` and ``GS r 1``: bits, and the trouble that they mean.

The bits are those of Epson's ESC/POS reference, which the printers sold here follow.
"""

from dataclasses import dataclass

from escpos.constants import DLE, EOT, GS

from pos_app.domain.errors import PrinterDown

PRINTER, OFFLINE_CAUSE, ERROR_CAUSE, PAPER_SENSOR = 1, 2, 3, 4
ASK_DONE = GS + b"r\x01"
"""Answered when all before it was printed: unlike ``DLE EOT`` it waits in the printer's buffer."""

_ASK: bytes = DLE + EOT
FIXED = 0x12
_FIXED_MASK = 0x93
_DONE_MASK = 0x90
_UNASKED = 0x10
UNASKED_BYTES = 4
_OFFLINE = 0x08
_COVER_OPEN = 0x04
_ERROR = 0x40
_PAPER_END = 0x60
_STOPPED_BY_PAPER = 0x20


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a printer does not print. All false is a printer that does."""

    offline: bool = False
    cover_open: bool = False
    paper_out: bool = False
    broken: bool = False

    @property
    def code(self) -> str:
        """Name what a person has to do about first; empty when there is nothing."""
        if self.cover_open:
            return "printer_cover_open"
        if self.paper_out:
            return "printer_paper_out"
        if self.broken:
            return "printer_broken"
        return "printer_offline" if self.offline else ""

    def check(self) -> None:
        """Raise ``PrinterDown`` when there is trouble."""
        if self.code:
            raise PrinterDown(self.code)


def ask(part: int) -> bytes:
    """Ask at once, whatever waits in the printer's buffer."""
    return _ASK + bytes([part])


def is_status(answer: int) -> bool:
    """Tell whether a byte answers ``DLE EOT``."""
    return answer & _FIXED_MASK == FIXED


def is_done(answer: int) -> bool:
    """Tell whether a byte answers ``GS r 1``."""
    return answer & _DONE_MASK == 0


def is_unasked(answer: int) -> bool:
    """Tell whether a byte begins an automatic status: that of a printer which another host told to report changes."""
    return answer & _FIXED_MASK == _UNASKED


def trouble_of(printer: int, offline_cause: int, paper_sensor: int) -> Trouble:
    """Read the answers to parts 1, 2 and 4."""
    return Trouble(
        offline=bool(printer & _OFFLINE),
        cover_open=bool(offline_cause & _COVER_OPEN),
        paper_out=bool(offline_cause & _STOPPED_BY_PAPER) or paper_sensor & _PAPER_END == _PAPER_END,
        broken=bool(offline_cause & _ERROR),
    )


def answer_of(trouble: Trouble, part: int) -> int:
    """Answer as a printer in that trouble does."""
    if part == PRINTER:
        return FIXED | (_OFFLINE if trouble.code else 0)
    if part == OFFLINE_CAUSE:
        bits = _COVER_OPEN if trouble.cover_open else 0
        bits |= _STOPPED_BY_PAPER if trouble.paper_out else 0
        return FIXED | bits | (_ERROR if trouble.broken else 0)
    if part == ERROR_CAUSE:
        return FIXED | (_STOPPED_BY_PAPER if trouble.broken else 0)
    return FIXED | (_PAPER_END if trouble.paper_out else 0)
