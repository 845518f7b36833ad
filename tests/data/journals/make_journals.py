"""Makes the journals of earlier releases that lie here, as those releases left them: `python -m` from the root,
`tests.data.journals.make_journals`. They are kept as files, since a release that is gone cannot write them again.
"""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from pos_app.domain.facts import GENESIS, ChainHead, Happening, Position, next_fact
from pos_app.domain.ids import DeviceId, OperatorId, ReceiptNumber
from pos_app.store.journal.upgrading import bring_up_to_date

HERE = Path(__file__).parent
DEVICE = DeviceId("S001-R1")
DAYS = (date(2026, 6, 17), date(2026, 6, 18))
SALES_A_DAY = 7


def make_v1() -> None:
    """The first layout: receipts live in the facts alone, pending amounts do not know when they settled."""
    path = HERE / "v1.db"
    path.unlink(missing_ok=True)
    bring_up_to_date(path, "0001")
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO meta VALUES (?, ?)", [("device", DEVICE), ("epoch", "1")])
        connection.execute("INSERT INTO basket VALUES ('b1', 'open', ?)", (BASKET,))
        head = ChainHead(Position(1, 0), GENESIS)
        for day in DAYS:
            happening = Happening("signed_in", 1, f"{day}T08:00:00+08:00", OperatorId("1001"), {"role": "cashier"})
            head = _append(connection, head, happening)
            for number in range(1, SALES_A_DAY + 1):
                body = {
                    "receipt": str(ReceiptNumber(DEVICE, day, number)),
                    "business_date": day.isoformat(),
                    "lines": [{"sku": "RICE-WC-5KG", "quantity": 1000}],
                }
                happening = Happening("sale", 1, f"{day}T09:00:00+08:00", OperatorId("1001"), body)
                head = _append(connection, head, happening)
                pending = ("stock", "RICE-WC-5KG", head.position.epoch, head.position.seq, -1000)
                connection.execute("INSERT INTO pending VALUES (?, ?, ?, ?, ?)", pending)
        connection.commit()
        connection.execute("VACUUM")


BASKET = (
    '{"id":"b1","next_line":2,"rounding":"none","member":null,"lines":[{"line":1,"sku":"RICE-WC-5KG","name":"五常大米5kg",'
    '"quantity":3000,"code":"6901234567892","unit":"袋","weighed":false,"lot":null,"manual_price":null,"reason":null}]}'
)


def _append(connection: sqlite3.Connection, head: ChainHead, happening: Happening) -> ChainHead:
    fact = next_fact(DEVICE, head, happening)
    row = (fact.position.epoch, fact.position.seq, fact.at, fact.kind, fact.hash, fact.canonical)
    connection.execute("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?)", row)
    return ChainHead(fact.position, fact.hash)


if __name__ == "__main__":
    make_v1()
