"""Members' signed codes that sales were made by: each is for one sale. A register refuses a copy that it has seen;
one that was used at another register is found here, and told.
"""

from collections.abc import Sequence

from sqlalchemy import select

from sync.hq.db.database import Writer
from sync.hq.db.rights_schema import member_code
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.effects import Effects


async def note_codes(writer: Writer, batch: Sequence[Effects]) -> None:
    """Remember the codes of a batch; add a trouble to each sale whose code was used by another one before."""
    sales = {each.member_code: each.sale for each in reversed(batch) if each.member_code and each.sale is not None}
    if not sales:
        return
    # Sorted, and before any row that sales share but their members: of two that use a code at once, one waits here.
    await writer.execute(
        writer.insert(member_code).on_conflict_do_nothing(),
        [
            {"nonce": nonce, "sale": sale["id"], "store": sale["store"], "receipt": sale["receipt"]}
            for nonce, sale in sorted(sales.items())
        ],
    )
    first = {row.nonce: row for row in await writer.rows_in(select(member_code), member_code.c.nonce, sales)}
    for effects in batch:
        used = first.get(effects.member_code or "")
        if used is not None and effects.sale is not None and used.sale != effects.sale["id"]:
            effects.troubles.append(Trouble("member_code_reused", {"store": used.store, "receipt": used.receipt}))
