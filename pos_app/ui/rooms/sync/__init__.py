"""Sync (同步): what waits, what came, what is wrong with the line."""
