"""Facts that waited while the line was cut, sent by the register's own engine: until headquarters has confirmed all."""

from typing import Final

from pos_app.domain.ids import DeviceId
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.spread import Spread, timed_ns
from pos_app.proving.bench.sync.sales import LINES, Pattern, fill_journal, notes
from pos_app.proving.bench.sync.stage import Stage, engine_of, identity_of
from pos_app.store.register_folder import RegisterFolder
from sync.client.engine import SyncEngine

_SECOND: Final = 1_000_000_000


def three_days(stage: Stage, pattern: Pattern, sales: int, *, runs: int) -> Figure:
    """Drain one register's sales."""
    samples = []
    for turn in range(runs):
        folder = stage.register(f"drain-{turn}")
        fill_journal(folder, pattern.happenings(DeviceId(identity_of(folder).device)), sales)
        samples.append(_drained_ns(folder))
    return Figure(
        measure="sync",
        what=f"drain {sales:,} sales of {LINES} lines",
        unit=Unit.MILLISECONDS,
        ours=Spread.of(samples),
        goals=(Goal("median", 2 * _SECOND),),
    )


def outbox_ns(stage: Stage, at: str, facts: int, *, runs: int) -> list[int]:
    """Drain small facts that change no ledger; give what each took."""
    samples = []
    for turn in range(runs):
        folder = stage.register(f"outbox-{turn}")
        fill_journal(folder, notes(at), facts)
        samples.append(_drained_ns(folder) // facts)
    return samples


def _drained_ns(folder: RegisterFolder) -> int:
    with engine_of(folder) as engine:
        return timed_ns(lambda: _drain(engine))


def _drain(engine: SyncEngine) -> None:
    while engine.push_once().more:
        pass
