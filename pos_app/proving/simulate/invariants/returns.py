"""Returns: no more comes back of a line than was sold, each return is at headquarters once, as the journals have it."""

from collections import Counter
from collections.abc import Iterator

from pos_app.proving.simulate.invariants.leases import backups_interfere
from pos_app.proving.simulate.world import World


def returns_exactly_once(world: World) -> Iterator[str]:
    """Every return and void is booked at headquarters, once, at its amount; and so is no other."""
    with world.hq.look() as database:
        rows = database.execute("SELECT id, device, receipt, amount FROM sale_return").fetchall()
    booked = {row["id"]: (row["device"], row["receipt"], row["amount"]) for row in rows}
    done = {
        fact.body["return"]: (fact.device, fact.body["receipt"], fact.body["amount"])
        for book in world.books.values()
        for fact in book.returns()
    }
    for own in sorted(booked.keys() | done.keys()):
        if booked.get(own) != done.get(own):
            yield f"return {own}: at headquarters {booked.get(own)}, in the journal {done.get(own)}"


def nothing_returned_twice(world: World) -> Iterator[str]:
    """Of no line more came back than was sold, and of no sale more money than was paid; voided is all or nothing.

    But behind a disk that a backup took the place of: what came back before, it does not know.
    """
    if backups_interfere(world):
        return
    for name, book in sorted(world.books.items()):
        sold = {fact.body["receipt"]: fact.body for fact in book.sales()}
        back: Counter[tuple[str, int]] = Counter()
        paid: Counter[str] = Counter()
        for fact in book.returns():
            receipt = fact.body["original"]["receipt"]
            paid[receipt] += fact.body["amount"]
            for line in fact.body["lines"]:
                back[receipt, line["line"]] += line["quantity"]
        for (receipt, number), quantity in sorted(back.items()):
            of = next(line["quantity"] for line in sold[receipt]["lines"] if line["line"] == number)
            if quantity > of:
                yield f"{name}: of line {number} of {receipt} {quantity} came back, of {of}"
        for receipt, amount in sorted(paid.items()):
            if amount > sold[receipt]["payable"]:
                yield f"{name}: {amount} was paid back for {receipt}, of {sold[receipt]['payable']}"
