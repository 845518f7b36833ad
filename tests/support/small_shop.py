"""A small shop on a real disk: a few goods as headquarters publishes them, and a register that sells them.

What a test of the store's files stands on. Knows nothing of the line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from pos_app.bootstrap.elements import LateElements
from pos_app.domain.facts import Fact, Happening
from pos_app.domain.ids import BasketId, DeviceId, OperatorId, Sku
from pos_app.domain.ledger import Pending, stock_key
from pos_app.domain.sale import Place
from pos_app.services.selling import Selling
from pos_app.services.selling_parts import SellingParts
from pos_app.store.journal.journal import Journal
from pos_app.store.journal.opening import Beginning, create_journal, open_journal
from pos_app.store.journal.upgrading import bring_up_to_date
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.protocol.replica_rows import build_snapshot
from sync.protocol.stream import Chunk
from sync.protocol.wire import Change
from tests.support.ports import CountedIds, HandClock, HandLine, Tray
from tests.support.tokens import HandTokens

DEVICE = DeviceId("S001-R1")
PLACE = Place("S001", "east", 1)
INCARNATION = "hq-1"
DAY = date(2026, 6, 18)
OPENING = datetime(2026, 6, 18, 10, tzinfo=timezone(timedelta(hours=8)))

RICE, OIL, BEANS = "RICE-WC-5KG", "OIL-SC-5L", "BEANS-LOOSE"
RICE_CODE, RICE_CASE_CODE, OIL_CODE = "6901234567892", "16901234567899", "6907992500133"
RICE_FEN, OIL_FEN, BEANS_FEN = 6590, 8990, 1280


def product(rev: int, sku: str, name: str, **more: object) -> Change:
    """A product as headquarters publishes it."""
    return Change("chain", rev, "product", sku, {"sku": sku, "name": name, **more})


def price(rev: int, row: str, sku: str, amount: int, scope: str = "chain", **more: object) -> Change:
    """A price row as headquarters publishes it."""
    return Change(
        scope, rev, "price", row, {"id": row, "sku": sku, "kind": "base", "amount": amount, "scope": scope, **more}
    )


def stock(rev: int, sku: str, on_hand: int, applied: Mapping[str, object] | None = None) -> Change:
    """The stock of a product in the store."""
    body = {"sku": sku, "on_hand": on_hand, "applied": applied or {}}
    return Change("store:S001", rev, "stock", sku, body)


def assortment() -> list[Change]:
    """All that headquarters has for the shop, at cursor ``chain:6,store:S001:4``."""
    rice_codes = [
        {"code": RICE_CODE, "unit": "袋"},
        {"code": RICE_CASE_CODE, "unit": "箱", "quantity": 4000},
    ]
    return [
        product(1, RICE, "五常大米5kg", initials="wcdm5kg", unit="袋", barcodes=rice_codes, categories=["grain"]),
        product(2, OIL, "压榨花生油5L", initials="yzhsy5l", unit="桶", barcodes=[{"code": OIL_CODE, "unit": "桶"}]),
        product(3, BEANS, "散装绿豆", initials="szld", unit="kg", weighed=True, plu="4017"),
        price(4, "PR1", RICE, RICE_FEN),
        price(5, "PR2", OIL, OIL_FEN),
        price(6, "PR3", BEANS, BEANS_FEN),
        Change("store:S001", 1, "operator", "1001", _operator()),
        Change("store:S001", 2, "member", "M1", _member()),
        stock(3, RICE, 40_000),
        Change("store:S001", 4, "horoscope", "leo", {"tomorrow": "sunny"}),
    ]


CURSOR = {"chain": 6, "store:S001": 4}
CURSOR_TEXT = "chain:6,store:S001:4"


def _operator() -> dict[str, Any]:
    return {"id": "1001", "name": "林小满", "role": "cashier", "pin_hash": "1234"}


def _member() -> dict[str, Any]:
    return {"id": "M1", "name": "赵春芽", "tier": "gold", "phone": "13800138000", "card": "C0001"}


def snapshot_file(
    path: Path,
    changes: Sequence[Change] | None = None,
    cursor: dict[str, int] | None = None,
    incarnation: str = INCARNATION,
) -> Path:
    """A snapshot as headquarters builds it."""
    made = assortment() if changes is None else changes
    assert build_snapshot(path, made, cursor=cursor or CURSOR, incarnation=incarnation) == []
    return path


def stocked_replica(folder: Path) -> ReplicaStore:
    """A replica with the assortment in it, open for writing."""
    store = ReplicaStore(folder)
    store.install(snapshot_file(folder / "snapshot.db"))
    return store


def chunk(
    changes: Sequence[Change],
    after: dict[str, int],
    *,
    more: bool = False,
    incarnation: str = INCARNATION,
    time: str = "",
) -> Chunk:
    """A piece of the stream that ends at its last revs."""
    cursor = dict(after)
    for change in changes:
        cursor[change.scope] = change.rev
    return Chunk(after=after, cursor=cursor, incarnation=incarnation, changes=changes, more=more, time=time)


def new_journal(path: Path, beginning: Beginning | None = None) -> Journal:
    """A journal that has just begun, open for writing."""
    create_journal(path, beginning or Beginning(DEVICE), bring_up_to_date)
    return reopened(path)


def reopened(path: Path) -> Journal:
    """The register's journal, opened again."""
    return open_journal(path, DEVICE, bring_up_to_date)


def sold(journal: Journal, sku: str = RICE, quantity: int = 1000, *, day: date = DAY) -> Fact:
    """Append a sale of one product, with the day's next receipt."""
    body = {
        "receipt": str(journal.next_receipt(day)),
        "business_date": day.isoformat(),
        "lines": [{"sku": sku, "quantity": quantity}],
    }
    happening = Happening("sale", 1, OPENING.isoformat(), OperatorId("1001"), body)
    return journal.append(happening, [Pending(stock_key(Sku(sku)), -quantity)], closes=BasketId("none"))


def signed_in(journal: Journal) -> Fact:
    """Append a fact that is no sale."""
    return journal.append(Happening("signed_in", 1, OPENING.isoformat(), OperatorId("1001"), {"role": "cashier"}))


@dataclass(slots=True)
class Counter:
    """A register that sells from its own files."""

    folder: Path
    clock: HandClock = field(default_factory=lambda: HandClock(OPENING))
    ids: CountedIds = field(default_factory=CountedIds)
    tray: Tray = field(default_factory=Tray)
    journal: Journal = field(init=False)
    replica: ReplicaReader = field(init=False)
    selling: Selling = field(init=False)

    def __post_init__(self) -> None:
        self.journal = new_journal(self.folder / "journal.db")
        self.replica = ReplicaReader(self.folder, DEVICE)
        parts = SellingParts(
            self.journal,
            self.replica,
            self.clock,
            self.ids,
            self.tray,
            self.tray,
            HandLine(),
            HandTokens(),
            LateElements(),
        )
        self.selling = Selling(parts, PLACE, "禾丰路旗舰店")

    def close(self) -> None:
        """Close the files."""
        self.replica.close()
        self.journal.close()


def utc(day: int, hour: int = 0) -> datetime:
    """A moment in June 2026."""
    return datetime(2026, 6, day, hour, tzinfo=UTC)
