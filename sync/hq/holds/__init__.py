"""Holds (占用): a right of a member, or a coupon, that one basket at a register may spend (docs/sync.md §4)."""
