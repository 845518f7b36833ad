"""Every table of headquarters, whichever module says it: what migrations are held against."""

from typing import Final

from sync.hq.db import drawers_schema, member_schema, payments_schema, returns_schema
from sync.hq.db.columns import METADATA as _METADATA

SAID_BY: Final = (drawers_schema, member_schema, payments_schema, returns_schema)
"""The modules behind which all others stand."""
METADATA: Final = _METADATA
