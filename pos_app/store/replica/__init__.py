"""replica.db: what headquarters said. Expendable, written by the sync engine alone."""
