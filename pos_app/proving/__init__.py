"""Whole chains in one place: demo, replay, bench. The only room that sees both `bootstrap` and `sync.hq`."""
