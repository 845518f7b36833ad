"""`granary COMMAND …`: find the command in a table and hand over.

Each command is a dotted name of a ``main(arguments) -> exit status`` and is loaded alone, so that the counter never
imports what only headquarters or a proof needs.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from pos_app.domain.errors import GranaryError

BAD_USAGE = 2
FAILED = 1


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command lives and what it is for."""

    target: str
    purpose: str


COMMANDS = {
    "demo": Command("pos_app.proving.demo:main", "an embedded HQ with the demo chain, and a register enrolled to it"),
    "pos": Command("pos_app.bootstrap.commands:main", "a register: open the window"),
    "sync-agent": Command("pos_app.bootstrap.commands:sync_agent", "a register's sync engine, started by the register"),
    "diagnostics": Command("pos_app.bootstrap.diagnostics:main", "a zip for who helps: no personal data, no secrets"),
    "printer-simulator": Command("pos_app.devices.printer.simulator.process:main", "a printer that keeps its paper"),
    "payment-simulator": Command(
        "pos_app.devices.payment.simulator.process:main", "WeChat Pay and Alipay, simulated: no money moves"
    ),
    "hq": Command("sync.hq.main:main", "headquarters: serve, certify, import, enrol-code …"),
    "quote": Command("pos_app.proving.quote_stream:main", "price the baskets of a JSON document or of JSON Lines"),
    "decode": Command("pos_app.proving.decode:main", "say what scanned codes mean"),
    "replay": Command("pos_app.proving.replay.command:main", "ring real baskets through a chain and reconcile"),
    "simulate": Command(
        "pos_app.proving.simulate.command:main", "whole chains in simulated time, every mishap, one seed"
    ),
    "bench": Command("pos_app.proving.bench.command:main", "measure, each figure beside its floor"),
}


def usage() -> str:
    """Write the list of commands."""
    width = max(map(len, COMMANDS))
    rows = (f"  {name:<{width}}  {command.purpose}" for name, command in COMMANDS.items())
    return "\n".join(["usage: granary COMMAND …", "", *rows])


def run(arguments: Sequence[str]) -> int:
    """Run one command; say in one line what went wrong when it refuses or its surroundings fail."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        sys.stdout.write(usage() + "\n")
        return 0
    name, *rest = arguments
    command = COMMANDS.get(name)
    if command is None:
        sys.stderr.write(f"granary: there is no command {name!r}\n{usage()}\n")
        return BAD_USAGE
    try:
        return _load(command.target)(rest)
    except ModuleNotFoundError as error:
        # The proofs' own packages are not among those of a shop.
        sys.stderr.write(f"granary {name}: the package {error.name} is not installed; `make setup` installs it\n")
        return FAILED
    except GranaryError as error:
        from pos_app.ui.runtime.error_words import words_in_a_terminal

        sys.stderr.write(f"granary {name}: {words_in_a_terminal(error)}\n")
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _load(target: str) -> Callable[[Sequence[str]], int]:
    module, _, attribute = target.partition(":")
    loaded: Callable[[Sequence[str]], int] = getattr(import_module(module), attribute)
    return loaded
