"""hq: the real headquarters, over its own SQLite file, asked as registers and people ask it."""
