"""A register's own chain as headquarters has it, a page at a time, for a register that lost a part of it."""

from sqlalchemy import select, tuple_

from pos_app.domain.facts import Position
from sync.hq.db.database import Reader
from sync.hq.db.schema import device, fact
from sync.hq.life import incarnation_of
from sync.protocol.wire import MAX_PAGE_BYTES, MAX_PAGE_FACTS, ChainFact, ChainPage


async def chain_page(reader: Reader, name: str, after: Position, *, time: str) -> ChainPage:
    """Read what follows a place in the chain: at least one fact, where there is one, and no more than a page takes."""
    register = await reader.row(select(device).where(device.c.id == name))
    if register is None:
        raise AssertionError("the device that signed is enrolled")
    rows = await reader.rows(
        select(fact.c.epoch, fact.c.seq, fact.c.hash, fact.c.canonical)
        .where(fact.c.device == name, tuple_(fact.c.epoch, fact.c.seq) > (after.epoch, after.seq))
        .order_by(fact.c.epoch, fact.c.seq)
        .limit(MAX_PAGE_FACTS)
    )
    facts: list[ChainFact] = []
    total_bytes = 0
    for row in rows:
        total_bytes += len(row.canonical)
        if facts and total_bytes > MAX_PAGE_BYTES:
            break
        facts.append(ChainFact(row.epoch, row.seq, row.hash, row.canonical))
    return ChainPage(
        facts=facts,
        head_epoch=register.head_epoch,
        head_seq=register.head_seq,
        head_hash=register.head_hash,
        frozen=register.state == "frozen",
        incarnation=await incarnation_of(reader),
        time=time,
    )
