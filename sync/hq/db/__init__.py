"""Headquarters' database: its tables, how they came to be, and how they are read and written."""
