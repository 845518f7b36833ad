"""In the outbox: that a store should have what members bought before it knew them. Knows nothing of what that is."""

from collections.abc import Iterable
from typing import Final

from sync.hq.db.database import Writer
from sync.hq.db.schema import publication_due

PURCHASES_OF: Final = "purchases_of"
"""In the outbox, under a member's id: all that a store should have of what the member bought."""


async def put_history_off(writer: Writer, members: Iterable[str], stores: Iterable[str]) -> None:
    """Note that these stores should have what these members bought before."""
    due = sorted((f"store:{store}", own) for own in members for store in stores)
    await writer.execute(
        writer.insert(publication_due).on_conflict_do_nothing(),
        [{"scope": scope, "topic": PURCHASES_OF, "key": own, "body": None} for scope, own in due],
    )
