"""A sheet as ESC/POS: what goes over the wire to a receipt printer with a Chinese font.

Text goes as raw GB 18030 in the printer's kanji mode (``FS &``), never through code pages. The commands are
python-escpos' constants; its ``Escpos`` class stays out of the counter, since importing it takes 0.4 s of the
interpreter and 15 MB, sets up the root logger and leaves a folder in the system's temporary files each time. The tests
hold these bytes against what that class sends.
"""

from escpos.constants import CTL_LF, ESC, FS, GS, HW_INIT, QR_ECLEVEL_M, QR_MODEL_2, TXT_SIZE, TXT_STYLE

from pos_app.devices.paper import PLAIN, Align, Line, Look, Qr, Sheet

KANJI_MODE = FS + b"&"
PLAIN_SIGNS = ESC + b"R\x00"
"""The American set of signs: in the Chinese one the code of the dollar prints a yen sign."""
START: bytes = HW_INIT + PLAIN_SIGNS + KANJI_MODE
CUT: bytes = GS + b"V" + bytes([66, 0])
"""Feed to the knife and cut, function B."""
ENCODING = "gb18030"
_SYMBOL: bytes = GS + b"(k"
_QR = b"1"


def sheet_bytes(sheet: Sheet, kick: bytes = b"") -> bytes:
    """Encode a sheet, from reset to cut. A drawer's pulse goes first: the change is counted while it prints."""
    writer = _Writer()
    for item in sheet:
        writer.add(item)
    return kick + START + bytes(writer.out) + CUT


class _Writer:
    """Bytes so far, and what the printer is set to; only what changes is sent."""

    def __init__(self) -> None:
        self.out = bytearray()
        self._align: Align = "left"
        self._look = PLAIN

    def add(self, item: Line | Qr) -> None:
        if item.align != self._align:
            self._align = item.align
            self.out += TXT_STYLE["align"][item.align]
        if isinstance(item, Qr):
            self.out += _qr_bytes(item)
            return
        for span in item.spans:
            self._take(span.look)
            self.out += span.text.encode(ENCODING)
        self.out += CTL_LF

    def _take(self, look: Look) -> None:
        if (look.width, look.height) != (self._look.width, self._look.height):
            self.out += TXT_SIZE + bytes([(look.width - 1) << 4 | (look.height - 1)])
        if look.bold != self._look.bold:
            self.out += TXT_STYLE["bold"][look.bold]
        self._look = look


def _qr_bytes(qr: Qr) -> bytes:
    """Have the printer draw the code: model, size, correction, content, print (``GS ( k``)."""
    content = qr.content.encode("utf-8")
    return b"".join(
        [
            _symbol(b"A", bytes([48 + QR_MODEL_2, 0])),
            _symbol(b"C", bytes([qr.module_dots])),
            _symbol(b"E", bytes([48 + QR_ECLEVEL_M])),
            _symbol(b"P", b"0" + content),
            _symbol(b"Q", b"0"),
        ]
    )


def _symbol(function: bytes, parameters: bytes) -> bytes:
    return _SYMBOL + (len(parameters) + 2).to_bytes(2, "little") + _QR + function + parameters
