"""What members are known by (a phone, a card, an account elsewhere), as hashes under the chain's key.

Two who bring the same one at the same moment meet at its row: the later one sees the earlier. Knows nothing of whether
they are one person.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from sqlalchemy import select, tuple_

from pos_app.domain.instants import Instant
from pos_app.domain.registration import plain_phone
from sync.hq.db.database import Reader, Writer
from sync.hq.db.member_schema import identity, identity_key, member_identity

Kind = Literal["phone", "card", "openid", "app"]
PHONE: Final = "phone"
CARD: Final = "card"


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """One of them, hashed."""

    kind: str
    digest: str


class ChainKey:
    """The key under which they are hashed."""

    def __init__(self, secret: str) -> None:
        """Take it in hexadecimal."""
        self._secret = bytes.fromhex(secret)

    def identity(self, kind: Kind, value: str) -> Identity | None:
        """Hash one in the form in which it is compared; None where nothing is left of it."""
        plain = plain_phone(value) if kind == PHONE else value.strip().upper() if kind == CARD else value.strip()
        if not plain:
            return None
        return Identity(kind, hmac.new(self._secret, f"{kind}\n{plain}".encode(), sha256).hexdigest())

    def identities(self, phone: str, card: str = "") -> list[Identity]:
        """Hash what a member's document says."""
        found = (self.identity("phone", phone), self.identity("card", card))
        return [each for each in found if each is not None]


async def chain_key(reader: Reader) -> ChainKey:
    """Read the chain's key; a migration made it."""
    secret = await reader.value(select(identity_key.c.secret))
    if secret is None:
        raise AssertionError("the migrations made a key")
    return ChainKey(str(secret))


async def note(writer: Writer, of_members: Sequence[tuple[str, Identity]], at: Instant) -> None:
    """Note who came with what; their rows stay locked until this transaction ends."""
    wanted = sorted({each for _, each in of_members})
    rows = [{"kind": each.kind, "digest": each.digest} for each in wanted]
    await writer.execute(writer.insert(identity).on_conflict_do_nothing(), rows)
    for kind in sorted({each.kind for each in wanted}):
        question = select(identity).where(identity.c.kind == kind).order_by(identity.c.digest).with_for_update()
        await writer.rows_in(question, identity.c.digest, [each.digest for each in wanted if each.kind == kind])
    await writer.execute(
        writer.insert(member_identity).on_conflict_do_nothing(),
        [
            {"kind": each.kind, "digest": each.digest, "member": own, "noted_at": at}
            for own, each in sorted(set(of_members))
        ],
    )


async def owners_of(reader: Reader, identities: Iterable[Identity]) -> dict[Identity, list[str]]:
    """Tell who came with each, the first one first."""
    wanted = sorted(set(identities))
    found: dict[Identity, list[str]] = {}
    if not wanted:
        return found
    columns = member_identity.c
    rows = await reader.rows(
        select(columns.kind, columns.digest, columns.member)
        .where(tuple_(columns.kind, columns.digest).in_([(each.kind, each.digest) for each in wanted]))
        .order_by(columns.noted_at, columns.member)
    )
    for row in rows:
        found.setdefault(Identity(row.kind, row.digest), []).append(row.member)
    return found
