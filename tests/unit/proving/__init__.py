"""Unit tests of pos_app.proving."""
