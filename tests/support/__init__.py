"""support: see tests/conftest.py for the fixtures."""
