"""benchmarks: see tests/conftest.py for the fixtures."""
