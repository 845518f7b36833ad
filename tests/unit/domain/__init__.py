"""Unit tests of pos_app.domain."""
