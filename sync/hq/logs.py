"""Headquarters' log: a line is an event with keys, as JSON. No names, phones, PINs or tokens go into it.

Configures nothing global: each headquarters has its own, so that two can run in one process.
"""

import logging
from typing import Final, TextIO

import structlog

_PROCESSORS: Final = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(ensure_ascii=False),
)


def make_log(target: TextIO | None) -> structlog.typing.FilteringBoundLogger:
    """Write lines to a stream; to none: say nothing."""
    log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(target),
        processors=_PROCESSORS if target else (_silent,),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    return log


def _silent(*_: object) -> structlog.typing.EventDict:
    raise structlog.DropEvent
