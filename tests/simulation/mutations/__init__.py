"""Deliberate faults in the engine and in headquarters, each a few lines in the place of a function of theirs.

They are what a tired programmer might write. The simulation must catch every one; what needs two writers at once is
proven on PostgreSQL instead (tests/integration/hq/test_postgresql.py). Knows nothing of how they are caught.
"""
