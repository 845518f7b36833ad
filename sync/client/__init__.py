"""The store's end of the line: push, pull, snapshot, schedule. Knows the counter only by its own ports."""
