"""One-time enrolment codes: made by a person for one register of one store, kept as digests only."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Final

from sqlalchemy import func, select

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from sync.hq.db.database import Reader, Writer
from sync.hq.db.schema import device, enrol_code, place
from sync.protocol.authority import CODE_LETTERS, LETTERS, in_groups

MAX_REGISTER: Final = 999
DEFAULT_LIFE: Final = timedelta(hours=24)
MAX_LIFE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code as it is shown, once."""

    code: str
    store: str
    register: int
    expires_at: Instant


def digest_of(code: str) -> str:
    """Turn a code, however it was typed, into what is kept of it."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return blake2b(plain.encode("utf-8", "replace"), digest_size=32, person=b"granary-enrol").hexdigest()


async def make_code(
    writer: Writer, store: str, register: int | None, *, now: Instant, life: timedelta = DEFAULT_LIFE
) -> NewCode:
    """Make a code for a register, or for the store's next one.

    Raises ``Refusal`` with ``store_unknown``, ``register_number`` or ``code_life``.
    """
    if not timedelta() < life <= MAX_LIFE:
        raise Refusal("code_life", field="hours", most=MAX_LIFE // timedelta(hours=1))
    kind = await writer.value(select(place.c.kind).where(place.c.id == store).with_for_update())
    if kind != "store":
        raise Refusal("store_unknown", field="store", store=store)
    number = register if register is not None else await _next_register(writer, store, now)
    if not 1 <= number <= MAX_REGISTER:
        raise Refusal("register_number", field="register", most=MAX_REGISTER)
    letters = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
    made = NewCode(in_groups(letters), store, number, Instant(now + life // timedelta(microseconds=1)))
    await writer.execute(
        enrol_code.insert().values(
            digest=digest_of(made.code), store=store, register=number, made_at=now, expires_at=made.expires_at
        )
    )
    return made


async def _next_register(reader: Reader, store: str, now: Instant) -> int:
    """Find the number behind every enrolled register and every code that may still be used."""
    enrolled = await reader.value(select(func.max(device.c.register)).where(device.c.store == store))
    promised = await reader.value(
        select(func.max(enrol_code.c.register)).where(
            enrol_code.c.store == store, enrol_code.c.used_at.is_(None), enrol_code.c.expires_at > now
        )
    )
    return max(enrolled or 0, promised or 0) + 1
