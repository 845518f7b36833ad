"""Signed codes: headquarters' keys, one after the other, and what they sign for members and coupons."""
