"""Sync, measured: how fast a register gets everything, gets what changes and is rid of what it did."""

from collections.abc import Sequence

from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.peer import Missing
from pos_app.proving.bench.spread import Spread
from pos_app.proving.bench.sync import draining, idling, ingesting, pouch, selling_meanwhile, shop
from pos_app.proving.bench.sync.bootstrapping import bootstrapped_ns
from pos_app.proving.bench.sync.following import Deltas, by_long_poll, replicated_ns
from pos_app.proving.bench.sync.pouch import Theirs
from pos_app.proving.bench.sync.sales import Pattern, rung_up
from pos_app.proving.bench.sync.stage import Stage, set_up
from pos_app.store.register_folder import RegisterFolder

_SECOND = 1_000_000_000


def measure(ground: Ground, runs: int) -> list[Figure]:
    """Measure all of it."""
    theirs = _theirs(ground, runs)
    with set_up(ground) as stage:
        ground.say("the first register of a store: headquarters builds its snapshot")
        everything = stage.register("everything", shop.MEMBERS_STORE)
        figures = _down(ground, stage, everything, theirs, runs=runs)
        pattern = rung_up(stage.register("rings-up"), ground.products)
        figures += _up(ground, stage, pattern, theirs, runs=min(runs, 3))
        ground.say("sales while everything comes anew")
        figures += selling_meanwhile.measure(stage, everything, pattern, ground.products)
    return [*figures, *ingesting.measure(ground, pattern, runs=runs), *idling.measure(ground)]


def _theirs(ground: Ground, runs: int) -> Theirs:
    if not ground.beside_others:
        return Theirs()
    try:
        ground.say("beside PouchDB, installed where it is not yet")
        return pouch.measured(ground.root / "sync" / "pouch", ground.products, runs=min(runs, 2))
    except Missing as missing:
        ground.say(f"{missing}; measured without it")
        return Theirs()


def _down(ground: Ground, stage: Stage, folder: RegisterFolder, theirs: Theirs, *, runs: int) -> list[Figure]:
    members, products = ground.crowd.members, ground.products
    ground.say("everything into an empty register")
    whole = bootstrapped_ns(folder, runs=runs)
    ground.say("changed prices on top of it")
    deltas = Deltas(stage, products)
    held = by_long_poll(stage, folder, deltas, runs=runs)
    alone = replicated_ns(folder, deltas, runs=runs)
    what = f"bootstrap: {products:,} products, {members:,} members"
    documents = shop.documents(products, members)
    each = [taken // documents for taken in whole]
    return [
        Figure("sync", what, Unit.MILLISECONDS, Spread.of(whole), goals=(Goal("median", 3 * _SECOND),)),
        _beside("bootstrap: each document", Unit.MICROSECONDS, each, theirs.document, times=50),
        held,
        _beside(f"{deltas.size:,} changed documents: replicated", Unit.MILLISECONDS, alone, theirs.delta, times=5),
    ]


def _up(ground: Ground, stage: Stage, pattern: Pattern, theirs: Theirs, *, runs: int) -> list[Figure]:
    ground.say("what a register did while the line was cut")
    drained = draining.three_days(stage, pattern, ground.crowd.sales, runs=runs)
    each = draining.outbox_ns(stage, pattern.at, ground.crowd.sales, runs=runs)
    return [drained, _beside("outbox: each small fact", Unit.MICROSECONDS, each, theirs.pushed, at_most=50_000)]


def _beside(
    what: str, unit: Unit, ours: list[int], floor: Sequence[int], *, times: int = 0, at_most: int = 0
) -> Figure:
    """Put ours beside theirs, where they were measured."""
    goals = [Goal("median", times, of="faster")] if times else []
    goals += [Goal("median", at_most)] if at_most else []
    theirs = Spread.of(floor) if floor else None
    return Figure("sync", what, unit, Spread.of(ours), theirs, "PouchDB" if theirs else "", goals)
