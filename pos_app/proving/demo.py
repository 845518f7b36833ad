"""`granary demo`: an embedded headquarters with the demo chain, a register enrolled to it, and the window.

In the terminal a person may pull headquarters' plug and put it back, and change a price. With no display the same tour
is taken offscreen and leaves pictures.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from threading import Thread

from pos_app.bootstrap.commands import run_window
from pos_app.bootstrap.line import enrol_register
from pos_app.bootstrap.paper import SIMULATOR
from pos_app.bootstrap.payments import SIMULATED
from pos_app.bootstrap.program import RESOURCES, default_folder
from pos_app.domain.errors import Breakdown, GranaryError
from pos_app.proving.served_hq import ServedHq
from pos_app.proving.tour import take_tour
from pos_app.store.register_folder import RegisterFolder
from pos_app.ui.runtime.error_words import words_in_a_terminal

STORE = "S001"
CHAIN = RESOURCES / "demo" / "chain.json"
_WELCOME = """
Granary demo: store {store}, register {device}, headquarters at {address}

  sign in    1001, PIN 1234 (cashier) · 1003, 3456 (associate) · 1009, 9876 (manager)
  scan       6999999000129 (rice 5 kg) · 16999999000126 (its case) · 6999999202011 (salt) · F1 shows all keys
  pay        134567890123456701 (WeChat) · 2876543210987601 (Alipay): simulated, scan each once; other ends do otherwise
             …90 password · …92 too poor · …93 expired · …95 charged, no answer · …97 never known · …98 no password
  here       off = pull headquarters' plug · on = put it back · price SKU YUAN
  paper      {paper}
  line       plain, since both ends are this machine; a chain guards it by `granary hq certify`
"""
_TOUR = """
There is no display: the tour is taken offscreen. Its pictures are in {pictures}
"""


def main(arguments: Sequence[str]) -> int:
    """Open the demo; exit status as the window's, or the tour's."""
    parser = argparse.ArgumentParser(prog="granary demo", description=__doc__)
    parser.add_argument("--data", type=Path, default=default_folder().with_name("demo"), help="the demo's folder")
    parser.add_argument("--tour", action="store_true", help="take the tour offscreen though there is a display")
    parser.add_argument("--pictures", type=Path, default=Path("screenshots/tour"), help="where the tour's pictures go")
    asked = parser.parse_args(list(arguments))
    folder = RegisterFolder(asked.data / "register")
    with ServedHq(asked.data / "hq", port=_port_of(folder)) as hq:
        prepare(hq, folder)
        if asked.tour or not has_display(os.environ):
            sys.stdout.write(_TOUR.format(pictures=asked.pictures))
            return _tour(hq, folder, asked.pictures)
        identity = folder.identity()
        if identity is None:
            raise AssertionError("the demo's register is enrolled")
        places = {"store": identity.store_name, "device": identity.device, "address": hq.address}
        sys.stdout.write(_WELCOME.format(paper=folder.printouts, **places))
        sys.stdout.flush()
        Thread(target=Terminal(hq).listen, name="demo-terminal", daemon=True).start()
        return run_window(folder, SIMULATOR, payments=SIMULATED)


def prepare(hq: ServedHq, folder: RegisterFolder) -> None:
    """Fill headquarters with the demo chain and enrol the register, where that has not been done.

    A headquarters that does not know the register is another one than it was enrolled at (its folder was deleted, the
    register's was not): the register's files are set aside, and a new one is enrolled.
    """
    hq.import_file(CHAIN)
    identity = folder.identity()
    if identity is not None and identity.device not in hq.devices():
        aside = _set_aside(folder)
        sys.stdout.write(f"Headquarters is new and does not know this register; its files are kept in {aside}\n")
        identity = None
    if identity is None:
        sys.stdout.write("Preparing the demo chain …\n")
        enrol_register(folder, hq.address, hq.enrolment_code(STORE))
    elif identity.headquarters != hq.address:
        folder.keep_identity(replace(identity, headquarters=hq.address))
    hq.lease_points()


def _set_aside(folder: RegisterFolder) -> Path:
    """Move a register's files to a folder of the next free name beside it."""
    beside = (folder.path.with_name(f"{folder.path.name}-{number}") for number in count(1))
    aside = next(path for path in beside if not path.exists())
    try:
        folder.path.rename(aside)
    except OSError as error:
        raise Breakdown("file_not_writable", file=str(aside), reason=str(error.strerror)) from error
    return aside


def has_display(environment: Mapping[str, str]) -> bool:
    """Tell whether a window can be shown."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _port_of(folder: RegisterFolder) -> int:
    """Give the port that the register knows headquarters by; 0 before it was enrolled."""
    identity = folder.identity()
    return 0 if identity is None else int(identity.headquarters.rpartition(":")[2])


def _tour(hq: ServedHq, folder: RegisterFolder, pictures: Path) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return take_tour(hq, folder, pictures)


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a person may type beside the window."""

    hq: ServedHq

    def listen(self) -> None:
        """Obey line by line until the input ends."""
        for line in sys.stdin:
            words = line.split()
            if not words:
                continue
            try:
                sys.stdout.write(self.obey(words) + "\n")
            except GranaryError as error:
                sys.stdout.write(f"{words_in_a_terminal(error)}\n")
            sys.stdout.flush()

    def obey(self, words: Sequence[str]) -> str:
        """Do what one line says; give the answer."""
        match list(words):
            case ["off"]:
                self.hq.stop()
                return "Headquarters is off. The register sells on."
            case ["on"]:
                self.hq.start()
                return f"Headquarters is on again at {self.hq.address}."
            case ["price", sku, yuan]:
                self.hq.publish_price(sku, yuan)
                return f"{sku} costs {yuan} from the next scan."
            case _:
                return "off · on · price SKU YUAN"
