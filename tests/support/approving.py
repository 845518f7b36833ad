"""A forked register that a manager lets go on, and that dies on the way: run as a process, killed by itself.

``python -m tests.support.approving FOLDER MANAGER PIN STATEMENT`` kills itself before the so-manieth statement that its
journal runs after the approval was asked for; it says ``approved`` when it lived to the end.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from pos_app.bootstrap.register import Surroundings, open_register
from pos_app.devices.clock import TimedIds
from pos_app.store.register_folder import RegisterFolder
from tests.support.ports import HandClock, Tray
from tests.support.ringing import LastStatement


def main() -> None:
    folder = RegisterFolder(Path(sys.argv[1]))
    identity = folder.identity()
    assert identity is not None
    clock, tray = HandClock(datetime(2026, 6, 18, 12, tzinfo=UTC)), Tray()
    register = open_register(folder, identity, Surroundings(clock, TimedIds(clock), tray, tray))
    register.journal.reading().set_trace_callback(LastStatement(int(sys.argv[4])))
    register.reuniting.approve(sys.argv[2], sys.argv[3])
    sys.stdout.write("approved\n")


if __name__ == "__main__":
    main()
