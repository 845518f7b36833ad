"""Stores and warehouses."""
