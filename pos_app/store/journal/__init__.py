"""journal.db: what this register did. Precious, small, written by the counter alone."""
