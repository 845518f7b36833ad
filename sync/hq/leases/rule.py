"""How much of a member's points may lie at a register: the field ``lease`` of the points rules as published."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from sqlalchemy import select

from sync.hq.db.database import Reader
from sync.hq.db.schema import publication
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.protocol.topics import POINTS, POINTS_KEY

FIELD: Final = "lease"
Most = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class LeaseRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most so many points of a member, for so many days; ``tiers`` say another number, ``stores`` a lower one."""

    most: Most
    days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7
    tiers: Mapping[str, Most] = {}
    stores: Mapping[str, Most] = {}

    def most_for(self, tier: str, store: str) -> int:
        """Tell how many points of a member of a tier may lie at a store."""
        most = self.tiers.get(tier, self.most)
        return min(most, self.stores.get(store, most))


class _Rules(msgspec.Struct):
    """Of the points rules, what is read here."""

    lease: LeaseRule | None = None


def check_lease_rule(row: ReadRow[Any], mistakes: Mistakes) -> None:
    """Check the field as it is sent."""
    said = row.value.document.get(FIELD)
    if said is None:
        return
    try:
        msgspec.convert(said, LeaseRule)
    except msgspec.ValidationError as error:
        mistakes.add(row, FIELD, f"must be most, days, tiers and stores: {error}")


async def rule_in_force(reader: Reader) -> LeaseRule | None:
    """Read the rule; none: no points are leased."""
    body = await reader.value(
        select(publication.c.body).where(
            publication.c.topic == POINTS, publication.c.key == POINTS_KEY, publication.c.scope == "chain"
        )
    )
    return None if body is None else msgspec.json.decode(body, type=_Rules).lease
