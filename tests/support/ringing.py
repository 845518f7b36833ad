"""A register that rings sales until it dies: run as a process, killed by its parent or by itself.

``python -m tests.support.ringing FOLDER RUN [STATEMENT]``: with STATEMENT it kills itself before the so-manieth
statement that its journal runs. Writes a line for all that people saw: ``shown BASKET THOUSANDTHS``, ``clearing``,
``sold RECEIPT``.
"""

import os
import signal
import sys
from pathlib import Path
from random import Random

from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.store.journal.checkpointer import Checkpointer
from tests.support.ports import CountedIds
from tests.support.small_shop import OIL_CODE, RICE_CASE_CODE, RICE_CODE, Counter

CHECKPOINT_PAST_BYTES = 60_000
IDS_A_RUN = 1_000_000


class LastStatement:
    """Counts statements, and is the last thing that the process does at one of them."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __call__(self, _statement: str) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def ring(folder: Path, run: int, die_at: int | None) -> None:
    """Sell without end, taking up the basket that was open."""
    random = Random(run)
    counter = Counter(folder, ids=CountedIds(run * IDS_A_RUN))
    checkpointer = Checkpointer(counter.journal.path, CHECKPOINT_PAST_BYTES, look_every_s=0.02)
    checkpointer.start()
    if die_at is not None:
        counter.journal.reading().set_trace_callback(LastStatement(die_at))
    while True:
        for _ in range(random.randint(1, 3)):
            code = random.choice((RICE_CODE, OIL_CODE, RICE_CASE_CODE))
            basket = counter.selling.scan(code, times=random.randint(1, 5)).basket
            say(f"shown {basket.id} {sum(line.quantity for line in basket.lines)}")
        if random.random() < 0.1:
            say("clearing")
            counter.selling.clear()
            continue
        done = counter.selling.complete_with_cash(Fen(10_000_000), OperatorId("1001"))
        say(f"sold {done.sale.receipt}")


def say(words: str) -> None:
    """Write a line in one piece: it is there whole or not at all."""
    os.write(sys.stdout.fileno(), f"{words}\n".encode())


if __name__ == "__main__":
    ring(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
