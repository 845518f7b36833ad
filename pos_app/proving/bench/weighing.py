"""A register's process that weighs itself: `python -m pos_app.proving.bench.weighing FOLDER PRODUCTS AGENT…`.

It rings up sales in its window, searches, and prints what is resident of itself and of its sync agent, as JSON.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from pos_app.proving.bench.counter_window import CounterWindow
from pos_app.proving.bench.goods import Goods
from pos_app.proving.bench.memory_of import child_processes, resident_bytes
from pos_app.proving.bench.scene import SALES, SHORT
from pos_app.store.register_folder import RegisterFolder


def main(arguments: Sequence[str]) -> int:
    """Work, weigh, print."""
    path, products, *agent = arguments
    app = QApplication([])
    app.setStyle("Fusion")
    counter = CounterWindow(app, RegisterFolder(Path(path)), agent)
    goods = Goods()
    try:
        for sale in range(SALES):
            for line in range(SHORT):
                counter.scan(goods.good((sale * SHORT + line) * 7 % int(products)).code)
            counter.settle()
        weighed = {"register": resident_bytes(), "agent": sum(map(resident_bytes, child_processes()))}
    finally:
        counter.close()
    sys.stdout.write(json.dumps(weighed) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
