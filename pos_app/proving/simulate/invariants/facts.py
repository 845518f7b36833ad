"""Facts: each is at headquarters once, as it was made, in a chain that holds; each is applied once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

from pos_app.domain.errors import FileDamaged
from pos_app.domain.ids import ReceiptNumber
from pos_app.proving.simulate.books import hashes_in, is_adopted, meant
from pos_app.proving.simulate.chain import OPENING_PIECES
from pos_app.proving.simulate.office import ask_now
from pos_app.proving.simulate.world import World
from pos_app.store.journal.reading import JournalReader


def facts_exactly_once(world: World) -> Iterator[str]:
    """Every fact of every journal is at headquarters, byte for byte, and no other."""
    for name, book in sorted(world.books.items()):
        with world.hq.look() as database:
            rows = database.execute(
                "SELECT canonical FROM fact WHERE device = ? ORDER BY epoch, seq", (name,)
            ).fetchall()
        there = [bytes(row["canonical"]) for row in rows]
        here = [stored.canonical for stored in book.facts]
        if there != here:
            first = next((at for at, (one, other) in enumerate(zip(there, here, strict=False)) if one != other), None)
            yield f"{name}: {len(there)} facts there, {len(here)} here, the first that differs: {first}"


def sales_exactly_once(world: World) -> Iterator[str]:
    """Every sale that a cashier was told of is booked at headquarters, once, at its amount; and so is no other."""
    with world.hq.look() as database:
        rows = database.execute("SELECT id, device, epoch, seq, receipt, payable FROM sale").fetchall()
        lines = Counter(row["sale"] for row in database.execute("SELECT sale FROM sale_line"))
    booked = {row["id"]: (row["device"], row["receipt"], row["payable"], lines[row["id"]]) for row in rows}
    done = {
        fact.body["sale"]: (fact.device, fact.body["receipt"], fact.body["payable"], len(fact.body["lines"]))
        for book in world.books.values()
        for fact in book.sales()
    }
    for sale in sorted(booked.keys() | done.keys()):
        if booked.get(sale) != done.get(sale):
            yield f"sale {sale}: at headquarters {booked.get(sale)}, in the journal {done.get(sale)}"
    for name, book in sorted(world.books.items()):
        for told in book.told:
            if told.id not in done and told.id not in book.past.lost.values():
                yield f"{name}: {told.receipt} was printed and is nowhere"


def chains_verify(world: World) -> Iterator[str]:
    """Both ends' chains hold, to the same head."""
    heads = {row["device"]: row for row in ask_now(world.hq, "GET", "/v1/reports/chains")["rows"]}
    for register in world.registers:
        with closing(JournalReader(register.folder.journal)) as journal:
            try:
                verified = journal.verify()
            except FileDamaged as error:
                yield f"{register.name}: {error}"
                continue
        row = heads.get(register.name)
        position = verified.head.position
        if row is None or not row["ok"] or row["damaged"]:
            yield f"{register.name}: headquarters says {row}"
        elif verified.facts and (row["epoch"], row["seq"]) != (position.epoch, position.seq):
            yield f"{register.name}: it ends at {position} here, there at {row}"


def receipts_without_gap(world: World) -> Iterator[str]:
    """A register's receipts of a day count from one without a gap, and none is used twice.

    But for those of a refused branch: it was sold before the register heard of its lost sales, which have the same.
    """
    numbers: dict[tuple[str, str], list[int]] = {}
    refused: dict[tuple[str, str], set[int]] = {}
    for book in world.books.values():
        for stored in book.facts:
            if stored.position not in book.moved:
                continue
            receipt = ReceiptNumber.parse(meant(stored).body["receipt"])
            key = str(receipt.device), receipt.business_date.isoformat()
            if is_adopted(stored):
                refused.setdefault(key, set()).add(receipt.number)
            else:
                numbers.setdefault(key, []).append(receipt.number)
    for key in sorted(numbers.keys() | refused.keys()):
        used = numbers.get(key, [])
        all_used = sorted(refused.get(key, set()) | set(used))
        if len(set(used)) < len(used) or all_used != list(range(1, len(all_used) + 1)):
            yield f"{key[0]} on {key[1]}: {used}, of a refused branch {sorted(refused.get(key, ()))}"


def stock_adds_up(world: World) -> Iterator[str]:
    """What is on hand is what came in less what was sold, by the ledger and by the balance, in every place."""
    sold: dict[tuple[str, str], int] = {}
    for book in world.books.values():
        for at, moved in book.moved.items():
            if at in book.unreadable:
                continue
            for sku, quantity in moved.items():
                sold[book.store, sku] = sold.get((book.store, sku), 0) + quantity
    with world.hq.look() as database:
        balances = database.execute("SELECT place, sku, on_hand FROM stock_balance").fetchall()
        sums = database.execute("SELECT place, sku, sum(quantity) AS all_moved FROM stock_movement GROUP BY place, sku")
        ledger = {(row["place"], row["sku"]): row["all_moved"] for row in sums}
    for row in balances:
        key = row["place"], row["sku"]
        true = OPENING_PIECES - sold.get(key, 0)
        if not row["on_hand"] == ledger[key] == true:
            yield f"{key}: on hand {row['on_hand']}, by the ledger {ledger[key]}, by the journals {true}"


def no_fact_is_lost(world: World) -> Iterator[str]:
    """What headquarters had when a whole disk was put back is in the chain, or was carried over."""
    for name, book in sorted(world.books.items()):
        kept = {digest for stored in book.facts for digest in hashes_in(stored)}
        missing = book.past.at_hq - kept
        if missing:
            yield f"{name}: {len(missing)} facts that headquarters had are in no chain any more"
