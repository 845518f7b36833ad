"""`granary decode CODE…`: say what scanned codes mean, one JSON line each (`-` reads them from standard input)."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from pos_app.devices.gs1_elements import read_elements
from pos_app.domain.codes import MisreadCode, decode
from pos_app.domain.element_strings import looks_like_elements
from pos_app.domain.errors import Refusal
from pos_app.domain.scale_labels import read_label

BAD_CODE = 2
_USAGE = "usage: granary decode CODE… (or - to read one code a line)\n"


def main(arguments: Sequence[str]) -> int:
    """Decode the arguments; exit status 2 when one of them is a misread."""
    codes: Iterable[str] = (line.rstrip("\r\n") for line in sys.stdin) if list(arguments) == ["-"] else arguments
    status = 0
    if not arguments or {"-h", "--help"} & set(arguments):
        (sys.stdout if arguments else sys.stderr).write(_USAGE)
        return 0 if arguments else BAD_CODE
    for text in codes:
        meaning, trouble = meaning_of(text)
        sys.stdout.write(json.dumps(meaning, ensure_ascii=False, default=str) + "\n")
        if trouble:
            sys.stderr.write(f"{text}: {trouble}; scan or type it again\n")
            status = BAD_CODE
    return status


def meaning_of(text: str) -> tuple[dict[str, Any], str]:
    """Say what a code means, and what is wrong with it. Of scale labels the usual layouts are known here."""
    if looks_like_elements(text):
        try:
            elements = read_elements(text)
        except Refusal as refusal:
            return {"kind": "MisreadCode", "text": text}, str(
                refusal.details.get("reason") or "the check digit is wrong"
            )
        return {"kind": "Elements", "text": text, **asdict(elements)}, ""
    code = decode(text)
    label = None if isinstance(code, MisreadCode) else read_label(code.text)
    if label is not None:
        return {"kind": "ScaleLabel", **asdict(label)}, ""
    wrong = "the check digit is wrong" if isinstance(code, MisreadCode) else ""
    return {"kind": type(code).__name__, **asdict(code)}, wrong
