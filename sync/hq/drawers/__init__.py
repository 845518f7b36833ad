"""Drawers: what registers tell of their shifts, and what each drawer should hold."""
