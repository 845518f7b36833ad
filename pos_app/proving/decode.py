"""`granary decode CODE…`: say what scanned codes mean, one JSON line each (`-` reads them from standard input)."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from pos_app.domain.codes import MisreadCode, decode

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
        code = decode(text)
        sys.stdout.write(json.dumps({"kind": type(code).__name__, **asdict(code)}, ensure_ascii=False) + "\n")
        if isinstance(code, MisreadCode):
            sys.stderr.write(f"{text}: the check digit is wrong; scan or type it again\n")
            status = BAD_CODE
    return status
