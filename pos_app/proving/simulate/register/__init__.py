"""The real register: a counter and a sync engine, killed and started again."""
