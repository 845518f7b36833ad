"""One simulator for all tests: the first morning of a chain of each size is made once."""

from collections.abc import Iterator

import pytest

from pos_app.proving.simulate.running import Simulator, simulated_chains


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """Simulate in memory, where the system has it."""
    with simulated_chains() as simulator:
        yield simulator
