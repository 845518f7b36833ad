"""Leases (租约): parts of what members have that one register may spend without asking (docs/sync.md §4)."""
