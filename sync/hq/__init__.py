"""Headquarters: a stateless ASGI service over one database, a folder per business."""
