"""Which registers there are: their keys, their stores, the scopes they read."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import select, update

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Position
from sync.hq.db.database import AnyRow, Database, Writer
from sync.hq.db.schema import device, place

State = Literal["active", "frozen", "revoked"]


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled register."""

    id: str
    store: str
    zone: str
    public_key: str
    state: State
    head: Position
    """How far its chain is here."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """What it reads."""
        return scopes_of(self.store, self.zone)


def scopes_of(store: str, zone: str) -> tuple[str, ...]:
    """List the scopes that a store reads, sorted; a store may have no zone."""
    return ("chain", f"store:{store}", *([f"zone:{zone}"] if zone else []))


def devices_of(database: Database) -> Callable[[frozenset[str]], Coroutine[Any, Any, Mapping[str, Device]]]:
    """Make the question which of some registers there are, each as it stands now."""

    async def find(names: frozenset[str]) -> Mapping[str, Device]:
        known = select(device, place.c.zone).join(place, place.c.id == device.c.store)
        async with database.look() as reader:
            return {row.id: _device(row) for row in await reader.rows_in(known, device.c.id, names)}

    return find


def _device(row: AnyRow) -> Device:
    head = Position(row.head_epoch, row.head_seq)
    return Device(row.id, row.store, row.zone, row.public_key, cast("State", row.state), head)


async def revoke(writer: Writer, name: str) -> None:
    """Shut a register out for good; it can only enrol anew. Raises ``Refusal("device_unknown")``."""
    known = await writer.value(select(device.c.id).where(device.c.id == name).with_for_update())
    if known is None:
        raise Refusal("device_unknown", device=name)
    await writer.execute(update(device).where(device.c.id == name).values(state="revoked"))
