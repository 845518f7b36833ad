"""Exceptions (异常): what of a fact could not be honoured, with an owner and a resolution (docs/sync.md §2)."""
