"""Leases (租约): a part of what somebody has that one register alone may spend, asking nobody (docs/sync.md §4)."""

from typing import Final

RETURNED_FACT_KIND: Final = "lease_returned"
