"""Pending amounts after they reached their base (docs/sync.md §1): kept a day, so that a reader between the two files
misses none, then removed, a few keys at a time. And back again, when a base went back.

Runs on the journal's own writer. Knows nothing of the replica: what is confirmed is handed in as a value.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pos_app.domain.facts import START, Fact, Position, read_fact
from pos_app.domain.instants import Instant, instant_of
from pos_app.domain.ledger import Applied, LedgerKey, Pending
from pos_app.store.journal.chain import rows_after
from pos_app.store.journal.journal import Journal
from pos_app.store.sqlite_failures import told_apart
from sync.protocol.stream import Standing

KEPT_FOR = timedelta(days=1)
KEYS_A_STEP = 100

_NEXT_KEYS = "SELECT DISTINCT topic, key FROM pending WHERE (topic, key) > (?, ?) ORDER BY topic, key LIMIT ?"
_ROWS = "SELECT epoch, seq, settled_at_us FROM pending WHERE topic = ? AND key = ?"
_SETTLE = "UPDATE pending SET settled_at_us = ? WHERE topic = ? AND key = ? AND epoch = ? AND seq = ?"
_REMOVE = "DELETE FROM pending WHERE topic = ? AND key = ? AND epoch = ? AND seq = ?"
_REBUILD = (
    "INSERT INTO pending (topic, key, epoch, seq, delta) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET delta = excluded.delta, settled_at_us = NULL"
)
_READ_BASE = "SELECT value FROM meta WHERE key = ?"
_NOTE_BASE = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"
_BASE = "base"
_FACTS_A_STEP = 200
_START_KEY = ("", "")
_Place = tuple[str, str, int, int]
_Settled = tuple[Instant | None, str, str, int, int]

Confirmed = Callable[[LedgerKey], Applied]
"""What the base of an amount contains of this register's facts (with no base: what headquarters acknowledged)."""


@dataclass(slots=True)
class Settling:
    """Walks through the pending amounts, round and round, a small step at a time."""

    journal: Journal
    _after: tuple[str, str] = field(default=_START_KEY, init=False)

    def step(self, confirmed: Confirmed, now: datetime) -> bool:
        """Look at the next keys; tell whether there are more before the round ends. Writes only what changes."""
        connection = self.journal.reading()
        with told_apart(self.journal.path):
            keys = connection.execute(_NEXT_KEYS, (*self._after, KEYS_A_STEP)).fetchall()
            rows = [(topic, key, *row) for topic, key in keys for row in connection.execute(_ROWS, (topic, key))]
        applied = {(topic, key): confirmed(LedgerKey(topic, key)) for topic, key in keys}
        now_us, gone_us = instant_of(now), instant_of(now - KEPT_FOR)
        settled: list[_Settled] = []
        removed: list[_Place] = []
        for topic, key, epoch, seq, settled_at_us in rows:
            place = (topic, key, epoch, seq)
            if not applied[topic, key].contains(Position(epoch, seq)):
                if settled_at_us is not None:
                    settled.append((None, *place))  # the base went back
            elif settled_at_us is None:
                settled.append((now_us, *place))
            elif settled_at_us <= gone_us:
                removed.append(place)
        if settled or removed:
            with self.journal.writing() as writer:
                writer.executemany(_SETTLE, settled)
                writer.executemany(_REMOVE, removed)
        self._after = keys[-1] if len(keys) == KEYS_A_STEP else _START_KEY
        return len(keys) == KEYS_A_STEP


def follow_base(journal: Journal, base: Standing, pending_of: Callable[[Fact], Sequence[Pending]]) -> int:
    """Note where the base stands that readers are shown; where it went back, make every pending row again.

    It goes back when headquarters was restored from a backup, or when a spare replaced a damaged replica: facts that it
    had in it, and whose rows were removed, are then not in it any more. Call it before `Settling.step`. Tells how many
    facts were read again.
    """
    if not base.cursor:
        return 0
    with told_apart(journal.path):
        row = journal.reading().execute(_READ_BASE, (_BASE,)).fetchone()
    now = json.dumps([base.incarnation, dict(base.cursor)], sort_keys=True)
    if row is not None and row[0] == now:
        return 0
    count = 0
    if row is not None:
        incarnation, cursor = json.loads(row[0])
        went_back = any(base.cursor.get(scope, rev) < rev for scope, rev in cursor.items())
        if incarnation != base.incarnation or went_back:
            count = rebuild_pending(journal, START, pending_of)
    with journal.writing() as writer:
        writer.execute(_NOTE_BASE, (_BASE, now))
    return count


def rebuild_pending(journal: Journal, after: Position, pending_of: Callable[[Fact], Sequence[Pending]]) -> int:
    """Make the pending rows of all facts behind a position again, before a base goes back there; tell how many facts.

    A row that is still there stays as it is and counts as unconfirmed again.
    """
    count = 0
    while rows := rows_after(journal.reading(), after, _FACTS_A_STEP):
        facts = [read_fact(canonical) for _, _, _, canonical in rows]
        with journal.writing() as writer:
            writer.executemany(
                _REBUILD,
                [
                    (each.ledger.topic, each.ledger.key, fact.position.epoch, fact.position.seq, each.delta)
                    for fact in facts
                    for each in pending_of(fact)
                ],
            )
        after = facts[-1].position
        count += len(facts)
    return count
