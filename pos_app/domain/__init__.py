"""The rules of retail: pure functions and values. No I/O, no clock, no float, no logging."""
