"""Completes one sale between two marks that a trace of the process shows: `python -m pos_app.proving.bench.one_sale`.

Prints how many commits the journal's WAL has more than before.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.proving.bench.goods import Goods
from pos_app.proving.bench.scene import CASHIER
from pos_app.proving.bench.till import Nobody, open_till
from pos_app.store.register_folder import RegisterFolder

BEGIN: Final = "granary: the sale begins"
END: Final = "granary: the sale is complete"
LINES: Final = 5
_HEADER_BYTES: Final = 32
_FRAME_HEADER_BYTES: Final = 24


def main(arguments: Sequence[str]) -> int:
    """Ring up, complete between the marks, count."""
    folder = RegisterFolder(Path(arguments[0]))
    wal = folder.journal.with_name(f"{folder.journal.name}-wal")
    goods, nowhere = Goods(), os.open(os.devnull, os.O_WRONLY)
    with open_till(folder, Nobody()) as register:
        for at in range(LINES):
            register.selling.scan(goods.good(at).code)
        before = commits_in(wal.read_bytes())
        os.write(nowhere, BEGIN.encode())
        register.selling.complete_with_cash(Fen(1_000_000), OperatorId(CASHIER))
        os.write(nowhere, END.encode())
        after = commits_in(wal.read_bytes())
    sys.stdout.write(f"{after - before}\n")
    return 0


def commits_in(wal: bytes) -> int:
    """Count the commits in a WAL: the frames that name the file's size after them, of the WAL's own salt.

    https://www.sqlite.org/fileformat2.html#walformat
    """
    if len(wal) < _HEADER_BYTES:
        return 0
    page_bytes, salt = int.from_bytes(wal[8:12]), wal[16:24]
    frames = range(_HEADER_BYTES, len(wal) - page_bytes - _FRAME_HEADER_BYTES + 1, page_bytes + _FRAME_HEADER_BYTES)
    return sum(wal[at + 4 : at + 8] != bytes(4) and wal[at + 8 : at + 16] == salt for at in frames)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
