"""Documents go down: revisions by scope, the long poll, ready-made snapshots (docs/sync.md §3)."""
