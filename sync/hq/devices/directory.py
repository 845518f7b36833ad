"""Which registers there are: their keys, their stores, the scopes they read."""

from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import select, update

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Position
from sync.hq.db.database import Reader, Writer
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


async def find_device(reader: Reader, name: str) -> Device | None:
    """Find a register by its name."""
    row = await reader.row(
        select(device, place.c.zone).join(place, place.c.id == device.c.store).where(device.c.id == name)
    )
    if row is None:
        return None
    head = Position(row.head_epoch, row.head_seq)
    return Device(row.id, row.store, row.zone, row.public_key, cast("State", row.state), head)


async def revoke(writer: Writer, name: str) -> None:
    """Shut a register out for good; it can only enrol anew. Raises ``Refusal("device_unknown")``."""
    known = await writer.value(select(device.c.id).where(device.c.id == name).with_for_update())
    if known is None:
        raise Refusal("device_unknown", device=name)
    await writer.execute(update(device).where(device.c.id == name).values(state="revoked"))
