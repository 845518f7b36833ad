"""Registers: enrolled by a one-time code, known by their key, frozen or revoked (docs/sync.md §6)."""
