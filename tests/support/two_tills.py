"""Two tills of a store beside each other in one process, headquarters gone, and a line between them that can be cut."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pos_app.domain.ids import BasketId
from pos_app.domain.suspended_basket import SuspendedAt
from sync.client.network import Network
from tests.integration.hq.till import small_chain
from tests.support.real_hq import RealHq
from tests.support.store_tills import CutLine, Till, enrolled_folder, free_port

PATIENCE_S = 30
EVERY_S = 0.05


def until(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)


@dataclass(slots=True)
class Store:
    """Two tills; the second reaches the first over a line that can be cut."""

    first: Till
    second: Till
    line: CutLine
    hq: RealHq

    def seen(self, basket: BasketId) -> SuspendedAt:
        """Wait until the second till has heard of a basket of the first."""
        until(lambda: (found := self.second.sees(basket)) and found.copy is not None)
        found = self.second.sees(basket)
        assert found is not None
        return found


@contextmanager
def two_tills(tmp_path: Path) -> Iterator[Store]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain())
    folders = [enrolled_folder(hq, tmp_path / name) for name in ("first", "second")]
    hq.stop()
    ports = free_port(), free_port()
    line = CutLine(ports[0], folders[0].store_secret())
    first = Till(folders[0], Network(f"127.0.0.1:{ports[0]}", [f"127.0.0.1:{ports[1]}"], EVERY_S)).start()
    second = Till(folders[1], Network(f"127.0.0.1:{ports[1]}", [line.address], EVERY_S)).start()
    until(first.has_heard)
    until(second.has_heard)
    yield Store(first, second, line, hq)
    first.stop()
    second.stop()
    line.close()
