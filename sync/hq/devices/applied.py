"""How far a store's amounts contain each of its registers' facts (docs/sync.md §1): told with every amount.

Read it behind the lock on the store's scope: who changes an amount holds that lock when it commits.
"""

from collections.abc import Mapping

from sqlalchemy import select

from sync.hq.db.database import Reader
from sync.hq.db.schema import device, fact
from sync.protocol.topics import AppliedBody


async def applied_at(reader: Reader, store: str) -> Mapping[str, AppliedBody]:
    """Tell how far the amounts contain each register's facts. A register that never sent any is left out."""
    heads = await reader.rows(
        select(device.c.id, device.c.head_epoch, device.c.head_seq)
        .where(device.c.store == store, device.c.head_seq > 0)
        .order_by(device.c.id)
    )
    quarantined = await reader.rows(
        select(fact.c.device, fact.c.epoch, fact.c.seq)
        .where(fact.c.device.in_([row.id for row in heads]), fact.c.state == "quarantined")
        .order_by(fact.c.device, fact.c.epoch, fact.c.seq)
    )
    missing: dict[str, list[tuple[int, int]]] = {}
    for row in quarantined:
        missing.setdefault(row.device, []).append((row.epoch, row.seq))
    return {row.id: AppliedBody(row.head_epoch, row.head_seq, missing.get(row.id, ())) for row in heads}
