"""What headquarters itself watches over: its own checks find nothing where nothing is wrong."""

from collections.abc import Iterator

from pos_app.proving.simulate.office import ask_now
from pos_app.proving.simulate.world import World


def no_replica_drifts(world: World) -> Iterator[str]:
    """Whenever a register held its replica against headquarters by digests, they were the same."""
    for row in ask_now(world.hq, "GET", "/v1/reports/drift")["rows"]:
        yield f"a comparison found this: {row}"


def scan_finds_nothing(world: World) -> Iterator[str]:
    """Headquarters' own scan of what was charged finds no difference.

    Where its database was put back it may: a sale may name a revision of a life that is gone.
    """
    scanned = ask_now(world.hq, "POST", "/v1/prices/scan")
    if scanned["alarms"] and not world.earlier:
        yield f"it raised alarms: {scanned}"
