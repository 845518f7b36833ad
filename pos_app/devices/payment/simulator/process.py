"""`granary payment-simulator`: WeChat Pay and Alipay, simulated, in a process of their own. No money moves.

What a customer does is in the last two digits of the payment code (docs/payments.md). What was charged and given back
stays in the folder. The process ends when its input does, so with whoever started it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pos_app.devices.payment.simulator.server import PaymentSimulator


def main(arguments: Sequence[str]) -> int:
    """Be two providers until the input ends."""
    parser = argparse.ArgumentParser(prog="granary payment-simulator", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder for its books")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    asked = parser.parse_args(list(arguments))
    simulator = PaymentSimulator(asked.data, asked.port)
    sys.stdout.write(json.dumps({"host": simulator.host, "port": simulator.port, "simulated": True}) + "\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    simulator.close()
    return 0
