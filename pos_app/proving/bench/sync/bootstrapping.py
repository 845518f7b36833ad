"""An empty register until it has everything: the snapshot that headquarters has ready, fetched, checked, in place."""

import shutil

from pos_app.proving.bench.spread import timed_ns
from pos_app.proving.bench.sync.stage import engine_of
from pos_app.store.register_folder import RegisterFolder


def bootstrapped_ns(folder: RegisterFolder, *, runs: int) -> list[int]:
    """Time it, each time from nothing; the register is enrolled already."""
    samples = []
    for _ in range(runs):
        shutil.rmtree(folder.replica)
        folder.prepare()
        with engine_of(folder) as engine:
            samples.append(timed_ns(engine.pull_once))
    return samples
