"""A register without a window as a process: ``python -m tests.support.till_process FOLDER LISTEN NEIGHBOUR``.

Obeys a line of standard input at a time, and answers each by a line: ``suspend CODE``, ``sees BASKET``,
``recall BASKET``, ``copy BASKET``, ``sell``, ``own``, ``ring CODE`` (scan and sell), ``offline`` (so is its line).
"""

import sys
from collections.abc import Callable
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
    if verb in ALONE:
        return ALONE[verb](till, *rest)
    seen = till.sees(BasketId(rest[0]))
    if verb == "sees" or seen is None:
        return "" if seen is None else seen.device
    if verb == "copy":
        till.copy(seen)
    else:
        till.recall(seen)
    return till.opened.selling.view().basket.id


def ring(till: Till, code: str) -> str:
    """Scan something and sell it."""
    till.opened.selling.scan(code)
    return str(till.sell()["receipt"])


def offline(till: Till) -> str:
    """Say that its own line is down."""
    till.line_is(up=False)
    return "offline"


def own(till: Till) -> str:
    """List what is suspended here."""
    return " ".join(each.id for each in till.opened.selling.suspended())


ALONE: dict[str, Callable[..., str]] = {
    "suspend": lambda till, code: str(till.suspend(code)),
    "sell": lambda till: str(till.sell()["basket"]),
    "own": own,
    "ring": ring,
    "offline": offline,
}
"""What a till does without the others."""


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
