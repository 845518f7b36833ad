"""A register without a window as a process: ``python -m tests.support.till_process FOLDER LISTEN NEIGHBOUR``.

Obeys a line of standard input at a time, and answers each by a line: ``suspend CODE``, ``sees BASKET``,
``recall BASKET``, ``copy BASKET``, ``sell``, ``own``.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from pos_app.domain.errors import GranaryError
from pos_app.domain.ids import BasketId
from pos_app.store.register_folder import RegisterFolder
from sync.client.network import Network
from tests.support.ports import HandClock
from tests.support.store_tills import Till


def say(words: str) -> None:
    """Answer by a line."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def obey(till: Till, words: list[str]) -> str:
    """Do what a line says."""
    verb, *rest = words
    if verb == "suspend":
        return till.suspend(rest[0])
    if verb == "own":
        return " ".join(each.id for each in till.opened.selling.suspended())
    if verb == "sell":
        return str(till.sell()["basket"])
    seen = till.sees(BasketId(rest[0]))
    if verb == "sees" or seen is None:
        return "" if seen is None else seen.device
    if verb == "copy":
        assert seen.copy is not None
        return till.opened.selling.adopt(seen.copy).basket.id
    till.recall(seen)
    return till.opened.selling.view().basket.id


def main(folder: str, listen: str, neighbour: str) -> None:
    """Be a till until the input ends."""
    clock = HandClock(datetime(2026, 6, 18, 10, tzinfo=UTC))
    till = Till(RegisterFolder(Path(folder)), Network(listen, [neighbour], every_s=0.1), clock).start()
    say("open")
    for line in sys.stdin:
        try:
            say(obey(till, line.split()))
        except GranaryError as error:
            say(f"! {error.code}")
    till.stop()


if __name__ == "__main__":
    main(*sys.argv[1:4])
