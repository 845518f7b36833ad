"""A register's process that tells when it stands: `python -m pos_app.proving.bench.starting FOLDER CODE AGENT…`.

It takes the way of `granary pos`, imports what that imports, and prints two moments: when a person may sign in, and
when the first scan's line was painted. Then it closes.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from time import monotonic_ns

import pos_app.bootstrap.commands as door
from pos_app.store.register_folder import RegisterFolder


def main(arguments: Sequence[str]) -> int:
    """Open the window, let the cashier in, tell the moments, close."""
    path, code, *agent = arguments
    stamps: list[int] = []

    def opened() -> None:
        stamps.append(monotonic_ns())
        # by name, as late as the register itself loads the window: importing it above would be another start
        letting_in = import_module("pos_app.proving.bench.letting_in")
        letting_in.let_in_and_scan(code, lambda: stamps.append(monotonic_ns()))

    status = door.run_window(RegisterFolder(Path(path)), "none", agent=agent, ready=opened)
    sys.stdout.write("".join(f"{stamp}\n" for stamp in stamps))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
