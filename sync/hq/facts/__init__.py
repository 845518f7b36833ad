"""Facts go up: stored byte for byte, compared with what is known, applied once (docs/sync.md §2)."""
