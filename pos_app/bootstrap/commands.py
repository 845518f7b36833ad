"""`granary pos` and the sync agent that it starts. The window is imported when it is opened."""

import argparse
import gc
from collections.abc import Callable, Sequence
from pathlib import Path

from pos_app.bootstrap.line import enrol_register, wired_sync
from pos_app.bootstrap.payments import NOBODY
from pos_app.bootstrap.program import default_folder
from pos_app.domain.errors import Refusal
from pos_app.store.register_folder import RegisterFolder
from sync.client.network import ALONE, Network


def sync_agent(arguments: Sequence[str]) -> int:
    """`granary sync-agent`: the register's sync engine in a process of its own; ends with the register."""
    from sync.client.agent import serve

    asked = _parser("sync-agent").parse_args(list(arguments))
    folder = RegisterFolder(asked.data)
    identity = folder.identity()
    if identity is None:
        raise Refusal("not_enrolled", folder=str(folder.path))
    with wired_sync(folder, identity) as wiring:
        serve(wiring)


def main(arguments: Sequence[str]) -> int:
    """`granary pos`: open the window; with ``--hq`` and ``--code`` enrol first."""
    parser = _parser("pos")
    parser.add_argument("--hq", help="headquarters' address, to enrol")
    parser.add_argument("--code", help="the one-time code, to enrol")
    parser.add_argument("--printer", default="none", help="none, simulator, tcp://host[:port], or a device file")
    parser.add_argument("--payments", default=NOBODY, help="none, configured, or simulator (no money moves)")
    parser.add_argument("--listen", default="", help="host:port at which the store's other registers reach this one")
    parser.add_argument("--neighbour", action="append", default=[], help="host:port of one of them; may be repeated")
    parser.add_argument("--no-discovery", action="store_true", help="do not look for them by multicast")
    asked = parser.parse_args(list(arguments))
    folder = RegisterFolder(asked.data)
    folder.prepare()
    if asked.code and folder.identity() is None:
        enrol_register(folder, asked.hq or "", asked.code)
    network = Network(asked.listen, asked.neighbour, discover=not asked.no_discovery)
    return run_window(folder, asked.printer, network=network, payments=asked.payments)


def run_window(
    folder: RegisterFolder,
    printer: str,
    *,
    agent: Sequence[str] = (),
    ready: Callable[[], object] | None = None,
    network: Network = ALONE,
    payments: str = NOBODY,
) -> int:
    """Open the window on a register's folder and stay until it is closed.

    ``ready`` is called when a person may sign in; ``agent`` starts another sync agent than ours (the bench's).
    """
    # What is made while it opens stays to the end: looking through it for garbage takes a tenth of the start, and later
    # a scan would wait while all of it is looked through again.
    gc.disable()
    from pos_app.bootstrap.counter import RegisterAtHand
    from pos_app.bootstrap.rooms import ROOMS
    from pos_app.ui.application import Moments, run
    from pos_app.ui.runtime.preferences import PreferenceFile

    register = RegisterAtHand(folder, printer, agent, network, payments=payments)
    preferences = PreferenceFile(folder.preferences)
    return run(register, ROOMS, preferences, Moments(ready, set_aside_what_stands))


def set_aside_what_stands() -> None:
    """Have the collector look only at what is made from now on: what there is stays until the process ends."""
    gc.freeze()
    gc.enable()


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"granary {command}")
    parser.add_argument("--data", type=Path, default=default_folder(), help="the register's folder")
    return parser
