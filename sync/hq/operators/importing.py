"""Operators in an import: PINs come plain and are kept as argon2 hashes only."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from sync.hq.db.database import Writer
from sync.hq.db.schema import operator
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import Word, once_only
from sync.hq.publications.publishing import Wanted, body_text
from sync.hq.settings import PinCost
from sync.protocol.topics import OPERATOR, OperatorBody

Pin = Annotated[str, msgspec.Meta(pattern=r"^\d{4,12}$")]


class OperatorRow(msgspec.Struct, frozen=True):
    """An operator as sent."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]{1,20}$")]
    name: Word
    role: Literal["cashier", "associate", "manager"]
    stores: Annotated[tuple[Word, ...], msgspec.Meta(min_length=1)]
    pin: Pin


class HashedOperator(msgspec.Struct, frozen=True):
    """An operator as kept."""

    body: OperatorBody
    stores: tuple[str, ...]


def check_operators(rows: Sequence[ReadRow[OperatorRow]], known: Known, mistakes: Mistakes) -> None:
    """Check operators."""
    once_only(rows, "id", lambda row: row.id, mistakes)
    for row in rows:
        for store in row.value.stores:
            if known.places.get(store) != "store":
                mistakes.add(row, "stores", "there is no such store", store)


def hash_pins(rows: Sequence[ReadRow[OperatorRow]], known: Known, cost: PinCost) -> list[HashedOperator]:
    """Hash PINs, which takes a while on purpose; a PIN that did not change keeps its hash."""
    hasher = PasswordHasher(cost.time_cost, cost.memory_kib, cost.parallelism, type=Type.ID)
    hashed = []
    for row in rows:
        before = known.operators.get(row.value.id)
        kept = "" if before is None else msgspec.json.decode(before, type=OperatorBody).pin_hash
        pin_hash = kept if kept and _matches(hasher, kept, row.value.pin) else hasher.hash(row.value.pin)
        body = OperatorBody(row.value.id, row.value.name, row.value.role, pin_hash)
        hashed.append(HashedOperator(body, tuple(dict.fromkeys(row.value.stores))))
    return hashed


def _matches(hasher: PasswordHasher, pin_hash: str, pin: str) -> bool:
    try:
        hasher.verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
    return not hasher.check_needs_rehash(pin_hash)


async def write_operators(writer: Writer, operators: Sequence[HashedOperator]) -> list[Wanted]:
    """Write operators; say what should be published of them."""
    bodies = {each.body.id: body_text(each.body) for each in operators}
    insert = writer.insert(operator)
    newest = {name: insert.excluded[name] for name in ("document", "stores")}
    await writer.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_=newest),
        [
            {"id": each.body.id, "document": bodies[each.body.id], "stores": body_text(each.stores)}
            for each in operators
        ],
    )
    return [
        Wanted(OPERATOR, each.body.id, {f"store:{store}": bodies[each.body.id] for store in each.stores})
        for each in operators
    ]
