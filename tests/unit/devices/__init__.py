"""Unit tests of pos_app.devices: paper, words, layout, bytes, the simulated printer's inside."""
