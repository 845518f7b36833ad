"""Unit tests of pos_app.services."""
