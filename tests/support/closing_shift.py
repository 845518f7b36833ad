"""A register that closes its shift, hands it over and closes the day, and dies on the way: run as a process.

``python -m tests.support.closing_shift FOLDER STATEMENT`` kills itself before the so-manieth statement that its journal
runs, and says ``done`` when it lived to the end. Started again it goes on where it stands, as a person would. With a
third word it hands over what is counted already, and nothing else.
"""

import os
import sys
from pathlib import Path

from pos_app.services.approvals import Consent
from tests.support.drawer import LIQUN, WENQING, XIAOMAN, Drawer, counted, fen
from tests.support.ports import CountedIds
from tests.support.ringing import LastStatement

SALES = 3
SHIFTS = 2
FLOAT_FEN = 50_000


def go_on(drawer: Drawer) -> None:
    """Do what is still to do of the day, in its order: shift 1 by 林小满, shift 2 handed to 周立群, then the day."""
    shifts = drawer.shifts
    if shifts.state().shift is None and not shifts.reports():
        shifts.open(XIAOMAN, fen(FLOAT_FEN // 100))
    while (shift := shifts.state().shift) is not None:
        while shifts.state().sales < SALES:
            drawer.sell()
        if shifts.state().outcome is None:
            shifts.count(XIAOMAN, counted(FLOAT_FEN))
        if shift.number < SHIFTS:
            hand_over(drawer)
        else:
            shifts.close(LIQUN, "少收")
    if shifts.state().days_to_close:
        shifts.close_day(WENQING)


def hand_over(drawer: Drawer) -> None:
    """Give the drawer to 周立群."""
    drawer.shifts.hand_over(XIAOMAN, "少收", Consent(LIQUN.id, LIQUN.pin_hash))


if __name__ == "__main__":
    folder, left = Path(sys.argv[1]), int(sys.argv[2])
    at_work = Drawer(folder, CountedIds(int(sys.argv[2]) * 1000))
    at_work.counter.journal.reading().set_trace_callback(LastStatement(left))
    (hand_over if len(sys.argv) > 3 else go_on)(at_work)
    at_work.close()
    os.write(sys.stdout.fileno(), b"done\n")
