"""Leases: what lies at registers is never more than there is, and nobody spends what lies at another's.

A disk or a database that a backup took the place of may spend a lease again, at most what was left in it: such worlds
are not looked at (docs/sync.md §4).
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pos_app.domain.facts import Fact
from pos_app.proving.simulate.world import World, broken

_LEASES = "SELECT id, key, device, amount, spent, state FROM lease ORDER BY id"
_SAID = "SELECT scope, topic, key, body FROM publication WHERE topic IN ('lease', 'member') AND body IS NOT NULL"
_POINTS = "SELECT member, amount FROM right_balance WHERE entitlement = 'points'"


def backups_interfere(world: World) -> bool:
    """Tell whether a backup took the place of anything that leases stand in."""
    return bool(world.earlier) or any(book.past.was_put_back for book in world.books.values())


@dataclass(slots=True)
class LeaseBooks:
    """Fits `HqWatch`: headquarters' leases behind each of its commits."""

    world: World
    invariant: str = "lease_books_hold"
    _granted: Counter[str] = field(default_factory=Counter)
    """What each member's leases came to in all, when they were looked at last."""

    def committed(self, database: sqlite3.Connection) -> str | None:
        """Say what is wrong. The books of a lease hold; and what is granted is there, and lies at nobody else's."""
        if backups_interfere(self.world):
            return None
        points = {row["member"]: row["amount"] for row in database.execute(_POINTS)}
        granted: Counter[str] = Counter()
        rows = database.execute(_LEASES).fetchall()
        for row in rows:
            if not 0 <= row["spent"] <= row["amount"]:
                return f"{row['id']} of {row['key']}: {row['spent']} spent of {row['amount']}"
            granted[row["key"]] += row["amount"]
        lying = _lying(rows)
        before, self._granted = self._granted, granted
        for member in sorted(granted.keys()):
            if granted[member] > before[member] and lying[member] > points.get(member, 0):
                return f"{member}: {lying[member]} points lie at registers, of {points.get(member, 0)}"
        return None


def check_spent_offline(who: str, fact: Fact) -> None:
    """Hold a sale that was rung up without a line against its leases: they cover all points."""
    leased = leased_in(fact)
    if leased != fact.body["points_used"]:
        broken(
            "offline_points_are_leased",
            f"{who}: {fact.body['receipt']} spent {fact.body['points_used']} points without a line, {leased} of leases",
        )


def leased_in(fact: Fact) -> int:
    """Tell how many of a sale's points were spent from leases."""
    return sum(part["amount"] for part in fact.body.get("leases", ()))


def leases_add_up(world: World) -> Iterator[str]:
    """Each lease was spent from by its register only, as the journals say; documents say what lies where."""
    if backups_interfere(world):
        return
    with world.hq.look() as database:
        rows = database.execute(_LEASES).fetchall()
        points = dict(database.execute(_POINTS).fetchall())
        said = database.execute(_SAID).fetchall()
    yield from _spent_as_written(world, rows)
    yield from _leases_as_said(rows, said)
    yield from _members_as_said(rows, points, said)


def _spent_as_written(world: World, rows: Iterable[sqlite3.Row]) -> Iterator[str]:
    spent: Counter[tuple[str, str]] = Counter()
    for name, book in world.books.items():
        for fact in book.sales():
            for part in fact.body.get("leases", ()):
                spent[part["lease"].rpartition(":")[2], name] += part["amount"]
    for row in rows:
        true = spent.pop((row["id"], row["device"]), 0)
        if row["spent"] != true:
            yield f"{row['id']} of {row['device']}: {row['spent']} spent there, the journals say {true}"
    if spent:
        yield f"spent from leases that are not there, or are another's: {sorted(spent)}"


def _leases_as_said(rows: Iterable[sqlite3.Row], said: Iterable[sqlite3.Row]) -> Iterator[str]:
    left = {row["id"]: row["amount"] - row["spent"] for row in rows if row["state"] in {"held", "asked"}}
    documents = {row["key"].rpartition(":")[2]: json.loads(row["body"]) for row in said if row["topic"] == "lease"}
    amounts = {own: document["amount"] for own, document in documents.items()}
    if amounts != left:
        yield f"documents of leases say {amounts}, the books {left}"


def _members_as_said(
    rows: Iterable[sqlite3.Row], points: Mapping[str, int], said: Iterable[sqlite3.Row]
) -> Iterator[str]:
    lying = _lying(rows)
    for row in said:
        if row["topic"] != "member":
            continue
        member, body = row["key"], json.loads(row["body"])
        told, true = (body.get("points", 0), body.get("leased", 0)), (points.get(member, 0), lying[member])
        if told != true:
            yield f"{row['scope']}: {member} has {told} (points, of them leased), by the books {true}"


def _lying(rows: Iterable[sqlite3.Row]) -> Counter[str]:
    """Tell how many points of each member lie at registers."""
    lying: Counter[str] = Counter()
    for row in rows:
        if row["state"] != "ended":
            lying[row["key"]] += row["amount"] - row["spent"]
    return lying
