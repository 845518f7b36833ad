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


def make(version: int) -> None:
    """Write two days of sales and an open basket, in the layout of a version."""
    path = HERE / f"v{version}.db"
    path.unlink(missing_ok=True)
    bring_up_to_date(path, f"{version:04d}")
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO meta VALUES (?, ?)", [("device", DEVICE), ("epoch", "1")])
        connection.execute("INSERT INTO basket VALUES ('b1', 'open', ?)", (BASKET if version == 1 else BASKET_2,))
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
                place = (head.position.epoch, head.position.seq)
                columns = "(topic, key, epoch, seq, delta)"
                pending = ("stock", "RICE-WC-5KG", *place, -1000)
                connection.execute(f"INSERT INTO pending {columns} VALUES (?, ?, ?, ?, ?)", pending)
                if version > 1:
                    used = (day.isoformat(), number, *place)
                    connection.execute("INSERT INTO receipt VALUES (?, ?, ?, ?)", used)
        connection.commit()
        connection.execute("VACUUM")


BASKET = (
    '{"id":"b1","next_line":2,"rounding":"none","member":null,"lines":[{"line":1,"sku":"RICE-WC-5KG","name":"五常大米5kg",'
    '"quantity":3000,"code":"6901234567892","unit":"袋","weighed":false,"lot":null,"manual_price":null,"reason":null}]}'
)
BASKET_2 = (
    '{"id":"b1","next_line":4,"rounding":"none","member":{"id":"M1","name":"李","tier":"gold","phone":"13800138000",'
    '"card":"C1","segments":["kids"],"points":1200,"home_store":"S001"},"lines":['
    '{"line":1,"sku":"RICE-WC-5KG","name":"五常大米5kg","quantity":3000,"code":"6901234567892","unit":"袋",'
    '"weighed":false,"lot":null,"manual_price":null,"reason":null},'
    '{"line":3,"sku":"BEANS-LOOSE","name":"散装黄豆","quantity":755,"code":"","unit":"公斤",'
    '"weighed":true,"lot":null,"manual_price":1100,"reason":"dented"}]}'
)


def _append(connection: sqlite3.Connection, head: ChainHead, happening: Happening) -> ChainHead:
    fact = next_fact(DEVICE, head, happening)
    row = (fact.position.epoch, fact.position.seq, fact.at, fact.kind, fact.hash, fact.canonical)
    connection.execute("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?)", row)
    return ChainHead(fact.position, fact.hash)


if __name__ == "__main__":
    for each in (1, 2):
        make(each)
