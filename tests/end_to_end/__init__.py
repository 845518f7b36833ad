"""end_to_end: see tests/conftest.py for the fixtures."""
