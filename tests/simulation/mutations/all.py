"""Every deliberate fault: importing this enters them all."""

from typing import Final

from tests.simulation.mutations import (
    counter,
    engine,
    full_disks,
    headquarters,
    old_disks,
    publications,
    returns,
    rights,
)
from tests.simulation.mutations.registry import MUTATIONS, Mutation

ALL: Final[tuple[Mutation, ...]] = tuple(MUTATIONS)
PLACES: Final = (counter, engine, full_disks, headquarters, old_disks, publications, returns, rights)
