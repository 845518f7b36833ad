"""The books are compared: the source, every register's journal, and headquarters, to the cent.

Each check is a row: what it says, how much was looked at, and every difference.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos_app.domain.facts import START, Fact, read_fact
from pos_app.domain.ids import DeviceId, Sku
from pos_app.domain.ledger import ConfirmedAmount, stock_key
from pos_app.domain.sale import FACT_KIND
from pos_app.proving.administrator import Administrator
from pos_app.proving.replay.baskets import Source
from pos_app.proving.replay.chain import OPENING
from pos_app.proving.replay.ringing import sale_uuid
from pos_app.store.journal.reading import JournalReader
from pos_app.store.register_folder import RegisterFolder
from pos_app.store.replica.reader import ReplicaReader

BATCH = 500
ROWS_PRICED_PERCENT = 97
_Days = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Check:
    """One claim: ``looked_at`` things, and the differences found."""

    claim: str
    looked_at: int
    differences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Books:
    """What was read from the registers and from headquarters. Amounts in cents, stock in thousandths."""

    registers: Mapping[str, Sequence[Fact]]
    """Each store's sales."""
    verified: Mapping[str, int]
    """How many facts of each chain hold, of every kind."""
    seen_stock: Mapping[str, Mapping[str, int]]
    hq_sales: Mapping[str, Sequence[Mapping[str, Any]]]
    hq_stock: Mapping[str, Mapping[str, Mapping[str, Any]]]
    hq_chains: Sequence[Mapping[str, Any]]

    @property
    def priced(self) -> tuple[int, int]:
        """Count the lines that a published row priced, and all."""
        lines = [line for facts in self.registers.values() for fact in facts for line in fact.body["lines"]]
        return sum(line["price_id"] is not None for line in lines), len(lines)


def open_books(source: Source, hq: Administrator, folder: Path) -> Books:
    """Read both ends. The registers must be closed."""
    registers: dict[str, Sequence[Fact]] = {}
    verified: dict[str, int] = {}
    seen: dict[str, dict[str, int]] = {}
    for store in source.baskets:
        register = RegisterFolder(folder / store)
        identity = register.identity()
        if identity is None:
            raise AssertionError("a store that rang is enrolled")
        journal = JournalReader(register.journal)
        journal.verify()
        facts = list(_facts(journal))
        replica = ReplicaReader(register.replica, DeviceId(identity.device))
        sales = [fact for fact in facts if fact.kind == FACT_KIND]
        registers[store], verified[store] = sales, len(facts)
        skus = {line["sku"] for fact in sales for line in fact.body["lines"]}
        seen[store] = {sku: _seen(replica.confirmed(stock_key(Sku(sku)))) for sku in skus}
        replica.close()
        journal.close()
    return Books(
        registers=registers,
        verified=verified,
        seen_stock=seen,
        hq_sales={store: hq.sales_of(store) for store in source.baskets},
        hq_stock={store: {row["sku"]: row for row in hq.stock_of(store)} for store in source.baskets},
        hq_chains=hq.chains(),
    )


def reconcile(source: Source, books: Books) -> list[Check]:
    """Compare everything with everything."""
    return [
        _once_each(source, books),
        _amounts(source, books),
        _days(source, books),
        _stock(books),
        _replicas(books),
        _chains(books),
        _receipts(books),
        _priced_by_rows(books),
    ]


def _once_each(source: Source, books: Books) -> Check:
    wanted = Counter(str(sale_uuid(basket)) for basket in source.all_baskets())
    have = Counter(sale["id"] for sales in books.hq_sales.values() for sale in sales)
    missing = [f"{each} is missing at headquarters" for each in (wanted - have)]
    return Check(
        "every basket is at headquarters, once", wanted.total(), missing + [f"{e} too many" for e in have - wanted]
    )


def _amounts(source: Source, books: Books) -> Check:
    paid = sum(basket.paid for basket in source.all_baskets())
    rung = sum(fact.body["payable"] for facts in books.registers.values() for fact in facts)
    kept = sum(sale["payable"] for sales in books.hq_sales.values() for sale in sales)
    same = paid == rung == kept
    differences = [] if same else [f"source {paid}, registers {rung}, headquarters {kept}"]
    return Check("the source's cents = the registers' = headquarters'", paid, differences)


def _days(source: Source, books: Books) -> Check:
    wanted: _Days = Counter()
    for basket in source.all_baskets():
        wanted[basket.store, basket.at.date().isoformat()] += basket.paid
    rung: _Days = Counter()
    for store, facts in books.registers.items():
        for fact in facts:
            rung[store, fact.body["business_date"]] += fact.body["payable"]
    kept: _Days = Counter()
    for store, sales in books.hq_sales.items():
        for sale in sales:
            kept[store, sale["business_date"]] += sale["payable"]
    days = wanted.keys() | rung.keys() | kept.keys()
    wrong = [
        f"{store} {day}: source {wanted[store, day]}, register {rung[store, day]}, headquarters {kept[store, day]}"
        for store, day in sorted(days)
        if not wanted[store, day] == rung[store, day] == kept[store, day]
    ]
    return Check("so for every store and day", len(days), wrong)


def _stock(books: Books) -> Check:
    wrong: list[str] = []
    count = 0
    for store, facts in books.registers.items():
        sold: Counter[str] = Counter()
        for fact in facts:
            for line in fact.body["lines"]:
                sold[line["sku"]] += line["quantity"]
        for sku, row in books.hq_stock[store].items():
            count += 1
            if (row["opening"], row["moved"], row["on_hand"]) != (OPENING, -sold[sku], OPENING - sold[sku]):
                wrong.append(f"{store} {sku}: {row['opening']} {row['moved']:+} is {row['on_hand']}, sold {sold[sku]}")
    return Check("stock = opening − sold = Σ movements", count, wrong)


def _replicas(books: Books) -> Check:
    wrong = [
        f"{store} {sku}: register {amount}, headquarters {books.hq_stock[store][sku]['on_hand']}"
        for store, stock in books.seen_stock.items()
        for sku, amount in stock.items()
        if amount != books.hq_stock[store][sku]["on_hand"]
    ]
    return Check("each register sees headquarters' stock", sum(map(len, books.seen_stock.values())), wrong)


def _chains(books: Books) -> Check:
    wrong = [f"{chain['device']} does not verify" for chain in books.hq_chains if not chain["ok"]]
    lengths = {chain["device"].rpartition("-")[0]: chain["facts"] for chain in books.hq_chains}
    wrong += [
        f"{store}: headquarters has {lengths.get(store, 0)} facts, the register {length}"
        for store, length in books.verified.items()
        if lengths.get(store, 0) != length
    ]
    return Check("hash chains verify at both ends, as long as each other", len(books.hq_chains), wrong)


def _receipts(books: Books) -> Check:
    wrong: list[str] = []
    count = 0
    for facts in books.registers.values():
        days: Counter[str] = Counter()
        for fact in facts:
            count += 1
            days[fact.body["business_date"]] += 1
            if int(fact.body["receipt"].rpartition("-")[2]) != days[fact.body["business_date"]]:
                wrong.append(f"{fact.body['receipt']} is out of its order")
    return Check("receipt numbers have no gap and none twice", count, wrong)


def _priced_by_rows(books: Books) -> Check:
    by_rows, lines = books.priced
    enough = by_rows * 100 >= lines * ROWS_PRICED_PERCENT
    found = [] if enough else [f"{by_rows} of {lines} lines"]
    return Check(f"at least {ROWS_PRICED_PERCENT} % of lines are priced by synchronised rows", lines, found)


def _seen(confirmed: ConfirmedAmount | None) -> int:
    return 0 if confirmed is None else confirmed.amount


def _facts(journal: JournalReader) -> Iterator[Fact]:
    position = START
    while rows := journal.after(position, BATCH):
        yield from (read_fact(row.canonical) for row in rows)
        position = rows[-1].position
