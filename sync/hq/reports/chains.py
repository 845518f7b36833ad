"""Every register's chain, verified anew from the stored bytes. Knows nothing of what the facts mean."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select, tuple_

from pos_app.domain.branches import COMPACTED_FACT_KIND, read_compaction
from pos_app.domain.facts import GENESIS, ChainHead, Position, chain_hash, read_fact
from sync.hq.db.database import AnyRow, Reader
from sync.hq.db.schema import device, fact
from sync.hq.members.erasing import ERASED

_AT_A_TIME: Final = 2000


@dataclass(slots=True)
class ChainCheck:
    """How far a chain was followed and what was found. ``damaged`` facts came so: bytes that do not give their hash."""

    head: ChainHead = field(default_factory=lambda: ChainHead(Position(0, 0), GENESIS))
    facts: int = 0
    quarantined: int = 0
    damaged: int = 0
    broken_at: Position | None = None

    def follow(self, rows: Sequence[AnyRow]) -> None:
        """Go on along the chain."""
        for row in rows:
            self._step(row)

    def _step(self, row: AnyRow) -> None:
        at = Position(row.epoch, row.seq)
        begins = at.epoch > self.head.position.epoch
        befores = (self.head.hash, GENESIS) if begins else (self.head.hash,)
        links = row.state == ERASED or any(chain_hash(before, row.canonical) == row.hash for before in befores)
        in_place = at.seq == (1 if begins else self.head.position.seq + 1)
        self.facts += 1
        self.quarantined += row.state == "quarantined"
        if in_place and not links and row.state == "quarantined":
            self.damaged += 1
        elif not (in_place and links) and self.broken_at is None:
            self.broken_at = at
        self.head = ChainHead(at, row.hash)


async def verify_chains(reader: Reader) -> list[dict[str, Any]]:
    """Verify all chains; a row a register."""
    return [await _verify(reader, row) for row in await reader.rows(select(device).order_by(device.c.id))]


async def _verify(reader: Reader, register: AnyRow) -> dict[str, Any]:
    check = ChainCheck()
    while rows := await reader.rows(
        select(fact.c.epoch, fact.c.seq, fact.c.hash, fact.c.canonical, fact.c.state)
        .where(
            fact.c.device == register.id,
            tuple_(fact.c.epoch, fact.c.seq) > (check.head.position.epoch, check.head.position.seq),
        )
        .order_by(fact.c.epoch, fact.c.seq)
        .limit(_AT_A_TIME)
    ):
        await asyncio.to_thread(check.follow, rows)
    if check.broken_at is None:
        check.broken_at = await _false_checkpoint(reader, register.id)
    stands = ChainHead(Position(register.head_epoch, register.head_seq), register.head_hash)
    return {
        "device": register.id,
        "state": register.state,
        "epoch": check.head.position.epoch,
        "seq": check.head.position.seq,
        "facts": check.facts,
        "quarantined": check.quarantined,
        "damaged": check.damaged,
        "ok": check.broken_at is None and stands == check.head,
        "broken_at": None if check.broken_at is None else [check.broken_at.epoch, check.broken_at.seq],
    }


async def _false_checkpoint(reader: Reader, name: str) -> Position | None:
    """Find a fact that says that the journal was compacted up to one that is another here, or is none."""
    said = select(fact).where(fact.c.device == name, fact.c.kind == COMPACTED_FACT_KIND)
    for row in await reader.rows(said.order_by(fact.c.epoch, fact.c.seq)):
        through = read_compaction(read_fact(row.canonical)) if row.state == "applied" else None
        if through is None:
            continue
        place = (fact.c.epoch == through.position.epoch) & (fact.c.seq == through.position.seq)
        if await reader.value(select(fact.c.hash).where(fact.c.device == name, place)) != through.hash:
            return Position(row.epoch, row.seq)
    return None
