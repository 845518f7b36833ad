"""`granary printer-simulator`: the simulated printer in a process of its own, its paper in a folder.

The process ends when its input does, so with whoever started it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pos_app.devices.paper import PAPERS
from pos_app.devices.printer.simulator.printouts import Printouts
from pos_app.devices.printer.simulator.server import PrinterSimulator


def main(arguments: Sequence[str]) -> int:
    """Be a printer until the input ends."""
    parser = argparse.ArgumentParser(prog="granary printer-simulator", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder for what it prints")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--paper", type=int, choices=sorted(PAPERS), default=80, help="millimetres")
    asked = parser.parse_args(list(arguments))
    printouts = Printouts(asked.data, PAPERS[asked.paper])
    printer = PrinterSimulator(PAPERS[asked.paper], port=asked.port, on_printed=printouts.keep)
    sys.stdout.write(json.dumps({"host": printer.host, "port": printer.port}) + "\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    printer.close()
    return 0
