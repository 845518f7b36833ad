"""The nightly proof: every balance is the sum of its ledger. What is not is an exception, and stays as it is.

A ledger is the truth; a balance beside it that is another is a defect of ours, which a person should see.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import select

from pos_app.domain.facts import Position
from pos_app.domain.instants import Instant
from sync.hq.claims import claim
from sync.hq.db.database import Database, Reader, Writer
from sync.hq.db.schema import fact_exception, member, place
from sync.hq.exceptions.keeping import OPEN, About, Trouble, add
from sync.hq.publications.publishing import LockedScopes
from sync.hq.reports.ledgers import RIGHTS, STOCK, Difference, all_differences

PROOF: Final = "prove-ledgers"
NOBODYS_DEVICE: Final = "headquarters"
"""Whose exceptions those are that follow from no fact."""
NO_PLACE: Final = Position(0, 0)


async def prove_ledgers(database: Database, now: Instant) -> int:
    """Prove all ledgers, unless another process did today; tell how many differences are new."""
    if not await database.write(lambda writer: claim(writer, PROOF, now)):
        return 0
    async with database.read() as reader:
        found = await all_differences(reader)
    return await database.write(lambda writer: _tell(writer, found, now)) if found else 0


async def _tell(writer: Writer, found: Sequence[Difference], now: Instant) -> int:
    """Make exceptions of differences that nobody knows yet; each at a store that it is about, if there is one."""
    known = await _known(writer)
    new = [difference for difference in found if difference.details() not in known]
    stores = await _stores(writer, new)
    documents = []
    for store in sorted(set(stores)):
        troubles = [
            Trouble("ledger_differs", difference.details())
            for difference, own in zip(new, stores, strict=True)
            if own == store
        ]
        told = await add(writer, About(NOBODYS_DEVICE, store, NO_PLACE), troubles, now)
        documents += told if store else []
    locked = await LockedScopes.lock(writer, {document.scope for document in documents})
    await locked.publish(documents, now)
    return len(new)


async def _known(reader: Reader) -> list[dict[str, object]]:
    rows = await reader.rows(
        select(fact_exception.c.details).where(
            fact_exception.c.device == NOBODYS_DEVICE, fact_exception.c.state == OPEN
        )
    )
    return [msgspec.json.decode(row.details) for row in rows]


async def _stores(reader: Reader, found: Sequence[Difference]) -> list[str]:
    """Say which store each difference is told to: of stock its place, of a member the first one; else none."""
    owners = {difference.owner for difference in found}
    homes = {
        row.id: msgspec.json.decode(row.stores, type=list[str])
        for row in await reader.rows_in(select(member.c.id, member.c.stores), member.c.id, owners)
    }
    stores = {row.id for row in await reader.rows(select(place.c.id).where(place.c.kind == "store"))}
    told = []
    for difference in found:
        of_member = (homes.get(difference.owner) or [""])[0] if difference.ledger == RIGHTS.name else ""
        told.append(difference.owner if difference.ledger == STOCK.name and difference.owner in stores else of_member)
    return told
