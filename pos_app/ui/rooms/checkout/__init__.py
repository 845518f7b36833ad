"""Checkout (收银): scan, see, settle, hand over the receipt."""
