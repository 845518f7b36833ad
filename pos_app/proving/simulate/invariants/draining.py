"""Nothing waits for ever: in the end every queue is empty, and everybody says so."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from pos_app.proving.simulate.world import World
from sync.client.health import CLOCK_JUMPED
from sync.protocol.wire import parse_cursor


def everything_drains(world: World) -> Iterator[str]:
    """All facts are acknowledged, all publications are down, every register is online and says so."""
    with world.hq.look() as database:
        revs = dict(database.execute("SELECT scope, rev FROM scope").fetchall())
    for register in world.registers:
        agent = register.agent
        if agent is None or agent.engine is None:
            yield f"{register.name}: its sync engine does not run"
            continue
        status = agent.engine.status()
        if status.waiting or not status.online or status.trouble not in {None, CLOCK_JUMPED}:
            yield f"{register.name}: {status}"
        behind = {scope: rev for scope, rev in parse_cursor(status.cursor).items() if rev != revs.get(scope, 0)}
        if behind or not status.cursor:
            yield f"{register.name}: its replica stands at {status.cursor!r}, headquarters at {revs}"
        if register.chores:
            yield f"{register.name}: {len(register.chores)} chores are left"
    if world.office.errands:
        yield f"headquarters' people have {len(world.office.errands)} errands left"


def pending_settles(world: World) -> Iterator[str]:
    """A day after headquarters' amounts have everything, no register counts any of it beside them."""
    for register in world.registers:
        with closing(sqlite3.connect(f"file:{register.folder.journal}?mode=ro", uri=True)) as journal:
            rows = journal.execute(
                "SELECT topic, key, epoch, seq FROM pending ORDER BY topic, key, epoch, seq"
            ).fetchall()
        unreadable = {(at.epoch, at.seq) for at in world.books[register.name].unreadable}
        left = [row for row in rows if tuple(row[2:]) not in unreadable]
        if left:
            yield f"{register.name}: {left[:5]}"
