"""Exceptions as rows and as documents: made with their fact, published to the store whose register made it.

None of them blocks anything. Knows nothing of what a fact means.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import func, select, tuple_

from pos_app.domain.facts import Position
from pos_app.domain.instants import Instant, moment_of
from sync.hq.db.database import Reader, Writer
from sync.hq.db.schema import fact_exception
from sync.hq.publications.publishing import Document, body_text
from sync.protocol.topics import EXCEPTION, ExceptionBody

OPEN: Final = "open"
RESOLVED: Final = "resolved"
RETIRED: Final = "retired"
"""Resolved so long ago that the store no longer reads of it."""

HEADQUARTERS: Final = "hq"
STORE: Final = "store"
FORKED: Final = "chain_forked"
_OF_THE_STORE: Final = frozenset(
    {"receipt_repeated", "basket_sold_twice", "sale_not_paid", "shift_difference", "returned_twice", FORKED}
    | {"payment_open", "payment_without_sale"}
)
"""What the people of a store can tell best; all else is headquarters' to settle, until somebody assigns it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A part of a fact's meaning that cannot be honoured: a code and the facts of the case."""

    code: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Case:
    """Which exception: the fact's place, and its number there."""

    device: str
    epoch: int
    seq: int
    number: int


@dataclass(frozen=True, slots=True)
class About:
    """What an exception is about: whose fact, and the receipt by which people know it."""

    device: str
    store: str
    position: Position
    receipt: str | None = None


def rows_of(about: About, troubles: Sequence[Trouble], now: Instant, *, first: int = 1) -> list[dict[str, Any]]:
    """Make a fact's exceptions, numbered from ``first``."""
    return [
        {
            "device": about.device,
            "epoch": about.position.epoch,
            "seq": about.position.seq,
            "number": number,
            "store": about.store,
            "code": trouble.code,
            "details": body_text(trouble.details),
            "receipt": about.receipt,
            "owner": STORE if trouble.code in _OF_THE_STORE else HEADQUARTERS,
            "state": OPEN,
            "made_at": now,
            "resolved_at": None,
            "resolved_by": None,
            "resolution": None,
        }
        for number, trouble in enumerate(troubles, first)
    ]


async def next_number(reader: Reader, about: About) -> int:
    """Tell the number that a further exception of a fact has."""
    last = await reader.value(
        select(func.max(fact_exception.c.number)).where(
            fact_exception.c.device == about.device,
            fact_exception.c.epoch == about.position.epoch,
            fact_exception.c.seq == about.position.seq,
        )
    )
    return 1 + (last or 0)


async def add(writer: Writer, about: About, troubles: Sequence[Trouble], now: Instant) -> list[Document]:
    """Write further exceptions of a fact that has some already; give what the store should know of them."""
    rows = rows_of(about, troubles, now, first=await next_number(writer, about))
    await writer.execute(fact_exception.insert(), rows)
    return list(map(document_of, rows))


async def standing_documents(reader: Reader, cases: Sequence[Case]) -> list[Document]:
    """Compose what a store should know of exceptions as they stand now."""
    if not cases:
        return []
    columns = fact_exception.c
    key = tuple_(columns.device, columns.epoch, columns.seq, columns.number)
    wanted = [(case.device, case.epoch, case.seq, case.number) for case in cases]
    rows = await reader.rows(select(fact_exception).where(key.in_(wanted)))
    return [document_of(row._asdict()) for row in rows]


def document_of(row: Mapping[str, Any]) -> Document:
    """Compose what a store should know of an exception."""
    resolved_at = row["resolved_at"]
    body = ExceptionBody(
        device=row["device"],
        epoch=row["epoch"],
        seq=row["seq"],
        number=row["number"],
        code=row["code"],
        details=msgspec.json.decode(row["details"]),
        receipt=row["receipt"],
        owner=row["owner"],
        made_at=moment_of(row["made_at"]).isoformat(),
        resolved_at=None if resolved_at is None else moment_of(resolved_at).isoformat(),
        resolved_by=row["resolved_by"],
        resolution=row["resolution"],
    )
    key = f"{body.device}:{body.epoch}:{body.seq}:{body.number}"
    return Document(f"store:{row['store']}", EXCEPTION, key, body_text(body))
