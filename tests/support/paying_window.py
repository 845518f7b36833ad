"""A real window over a real journal that is killed while a customer pays: run as a process, offscreen.

``python -m tests.support.paying_window FOLDER HOST PORT [CODE MOMENT]``: with a code it rings one good up and has the
customer pay; MOMENT is ``before-call``, ``after-answer``, ``never``, or the so-manieth statement of the journal from
the scan on. Without one it only takes up what was left. In both it ends when nothing is open any more, and tells as
JSON what the journal holds and what the screen said.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from pos_app.bootstrap.rooms import ROOMS
from pos_app.devices.clock import SystemClock, TimedIds
from pos_app.domain.facts import read_fact
from pos_app.domain.ids import TenderId
from pos_app.domain.money import Fen
from pos_app.domain.payments import Outcome, Refund
from pos_app.domain.tender import Provider
from pos_app.services.ports import PaymentProvider
from pos_app.store.journal.journal import Journal
from pos_app.ui.application import Application
from pos_app.ui.runtime.preferences import PreferenceFile
from tests.support.payments import providers_at
from tests.support.ringing import LastStatement
from tests.support.small_shop import new_journal
from tests.support.till import CASHIER, HandRegister

GOOD = "6999999000129"
LIMIT_S = 60


def die() -> None:
    """Lose the power."""
    os.kill(os.getpid(), signal.SIGKILL)


class Dying:
    """A provider beside whose call the power goes."""

    def __init__(self, provider: PaymentProvider, moment: str) -> None:
        self._provider, self._moment = provider, moment

    def pay(self, payment: TenderId, amount: Fen, code: str) -> Outcome:
        if self._moment == "before-call":
            die()
        said = self._provider.pay(payment, amount, code)
        if self._moment == "after-answer":
            die()
        return said

    def query(self, payment: TenderId) -> Outcome:
        return self._provider.query(payment)

    def reverse(self, payment: TenderId) -> Outcome:
        return self._provider.reverse(payment)

    def refund(self, refund: Refund) -> Outcome:
        return self._provider.refund(refund)


def told(journal: Journal, application: Application) -> Mapping[str, Any]:
    """Tell what is in the journal and on the screen."""
    rows = journal.reading().execute("SELECT canonical FROM fact ORDER BY epoch, seq").fetchall()
    facts = [read_fact(row[0]) for row in rows]
    said = application.window.toast.message
    return {
        "sales": [each.body["tenders"] for each in facts if each.kind == "sale"],
        "payments": [[each.kind, each.body.get("outcome", "")] for each in facts if each.kind.startswith("payment")],
        "open": [each.state for each in journal.taken_tenders()],
        "basket": journal.open_basket() is not None,
        "said": "" if said is None else said.text,
    }


def run(folder: Path, host: str, port: int, code: str, moment: str) -> Mapping[str, Any]:
    """Open the window and let the customer pay."""
    app = QApplication([])
    app.setStyle("Fusion")
    journal = new_journal(folder / "journal.db")
    providers: dict[Provider, PaymentProvider] = {
        name: Dying(each, moment) for name, each in providers_at(host, port).items()
    }
    ids = TimedIds(SystemClock(480))
    register = HandRegister(journal=journal, ids=ids, providers=providers)  # type: ignore[arg-type] # a real one
    application = Application(register, ROOMS, PreferenceFile())
    application.window.show()

    def answered() -> None:
        done: list[None] = []
        application.desk.tasks.run(lambda: None, done.append)
        while not done:
            app.processEvents()

    def until_quiet() -> None:
        ends = time.monotonic() + LIMIT_S
        while time.monotonic() < ends:
            answered()
            tender = application.window.checkout.presenter.tender
            answered()
            if not tender.is_waiting and not tender._busy and not tender._behind:
                return

    until_quiet()
    if code:
        operator = next(each for each in register.replica.operators if each.id == CASHIER)
        application.window.welcome(operator)
        application.window.scan(GOOD)
        until_quiet()
        if moment.isdecimal():
            journal.reading().set_trace_callback(LastStatement(int(moment)))
        application.window.scan(code)
        until_quiet()
    said = told(journal, application)
    application.close()
    journal.close()
    return said


def main(folder: str, host: str, port: str, code: str = "", moment: str = "never") -> None:
    """Run, and tell."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    sys.stdout.write(json.dumps(run(Path(folder), host, int(port), code, moment), ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
