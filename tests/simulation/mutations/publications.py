"""Faults at headquarters: publications."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import update

from sync.hq.db.schema import scope
from sync.hq.publications import publishing
from sync.hq.publications.publishing import Document, LockedScopes
from tests.simulation.mutations.registry import mutation


@mutation("replica_equals_hq", "everything_drains", "hq_never_breaks")
def a_scope_forgets_its_last_revision(patch: pytest.MonkeyPatch) -> None:
    """Publishes with a late revision: the counter is one behind what was published."""
    original = LockedScopes.publish

    async def publish(self: LockedScopes, documents: Sequence[Document], now: Any) -> None:  # noqa: ANN401 — handed on
        await original(self, documents, now)
        for name in {document.scope for document in documents}:
            row = scope.c
            await self.writer.execute(update(scope).where(row.scope == name).values(rev=row.rev - 1))

    patch.setattr(LockedScopes, "publish", publish)


@mutation("prices_under_named_rulebook")
def versions_of_promotions_are_not_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publishing, "STAGED", frozenset({"price"}))
