"""Instants: points in time as whole microseconds since 1970 UTC, read from and written to ISO 8601 with an offset.

Knows no clock. Local dates and times are those of the offset that a text carries.
"""

from datetime import UTC, datetime, timedelta
from typing import NewType

from pos_app.domain.errors import Refusal

Instant = NewType("Instant", int)
"""Microseconds since 1970-01-01T00:00Z."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def parse_moment(text: str) -> datetime:
    """Read ISO 8601 with an offset; raise ``Refusal("instant_format")`` for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal("instant_format", text=text) from error
    if moment.tzinfo is None:
        raise Refusal("instant_format", text=text)
    return moment


def instant_of(moment: datetime) -> Instant:
    """Turn an aware datetime into an instant."""
    if moment.tzinfo is None:
        raise AssertionError("an instant needs an offset")
    return Instant((moment - _EPOCH) // _MICROSECOND)


def parse_instant(text: str) -> Instant:
    """Read ISO 8601 with an offset as an instant."""
    return instant_of(parse_moment(text))


def moment_of(instant: Instant) -> datetime:
    """Turn an instant into a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)
