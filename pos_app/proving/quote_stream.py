"""`granary quote FILE`: price the baskets of a JSON document or of JSON Lines (docs/pricing.md §7).

One line out for each document in, in their order, as soon as it is priced; a bad document is one line on standard
error and an error's line in its place. Knows nothing of how a price is made.
"""

import gc
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.answers import answer_bytes, error_document, quote_document
from pos_app.domain.pricing.documents import WHOLE, parsed, read
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook

BAD_INPUT = 2
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_USAGE = "usage: granary quote FILE… (or - to read standard input; a JSON document, or one a line)\n"


def main(arguments: Sequence[str]) -> int:
    """Quote every document of the files; exit status 2 when one of them, or a document, cannot be read."""
    if not arguments or {"-h", "--help"} & set(arguments):
        sys.stderr.write(_USAGE)
        return 0 if arguments else BAD_INPUT
    status = 0
    try:
        for name in arguments:
            status = max(status, _quote_file(name))
    except BrokenPipeError:
        sys.stderr.close()
    return status


def _quote_file(name: str) -> int:
    with ExitStack() as stack:
        try:
            lines: BinaryIO = sys.stdin.buffer if name == "-" else stack.enter_context(Path(name).open("rb"))
        except OSError as error:
            sys.stderr.write(f"granary quote: {name}: cannot be read ({error.strerror}); name a file, or - \n")
            return BAD_INPUT
        return _quote_all(lines)


def _quote_all(lines: Iterable[bytes]) -> int:
    status = 0
    out = sys.stdout.buffer
    for number, text in enumerate(documents_in(lines), start=1):
        try:
            answer = quoted(text)
        except Refusal as refusal:
            status = BAD_INPUT
            field, must = refusal.details["field"], refusal.details["must"]
            message = " ".join(f"granary quote: document {number}: {field} {must}".split())
            sys.stderr.write("".join(each if each.isprintable() else "?" for each in message) + "\n")
            answer = error_document(refusal)
        out.write(answer_bytes(answer))
        out.flush()
    return status


def quoted(text: bytes) -> Mapping[str, Any]:
    """Price one document; a refusal carries ``field`` and ``must``."""
    try:
        document = parsed(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refusal("invalid", field=WHOLE, must="must be UTF-8") from error
    return quote_document(*read_whole(document))


def read_whole(document: Mapping[str, Any]) -> tuple[PricedBasket, Rulebook]:
    """Read a document's basket and rulebook, without a look for garbage meanwhile.

    A chain's rulebook is hundreds of thousands of objects that all stay: going through them again and again while they
    become more takes longer than reading them. A register opens likewise (`bootstrap.commands`).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return read(document)
    finally:
        if was_enabled:
            gc.enable()


def documents_in(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Split what comes in: a document a line, or one document over several lines. Blank lines are nothing.

    A line that breaks off is taken with those after it, until together they are a document or a line that is one by
    itself begins at the margin; then what broke off stands alone, to be named as a mistake.
    """
    waiting: list[bytes] = []
    for number, raw in enumerate(lines):
        line = raw.removeprefix(_BYTE_ORDER_MARK) if number == 0 else raw
        if not line.strip():
            continue
        if not waiting:
            if _breaks_off(line):
                waiting.append(line)
            else:
                yield line
        elif line.startswith(b"{") and not _breaks_off(line):
            yield from waiting
            waiting = []
            yield line
        else:
            waiting.append(line)
            if line.startswith(b"}") and not _breaks_off(whole := b"".join(waiting)):
                yield whole
                waiting = []
    if waiting:
        whole = b"".join(waiting)
        yield from waiting if _breaks_off(whole) else [whole]


def _breaks_off(text: bytes) -> bool:
    """Tell whether a document begins here and does not end: the parser wants more at the very end."""
    if text.rstrip().endswith(b"}") and text.count(b"{") == text.count(b"}"):
        return False
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(error.doc.rstrip())
    except (ValueError, RecursionError):
        return False
    return False
