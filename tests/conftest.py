"""What every test stands on: Qt offscreen, no proxies of the surrounding machine, loopback for those who ask.

Knows nothing of the trade: fixtures of baskets and registers live beside the tests that use them, or in ``support``.
"""

import os

import pytest

LOOPBACK = ["127.0.0.1", "::1"]

# Before anything imports Qt. A test that wants a real window starts Xvfb and gives its child process another platform.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("QT_QUICK_BACKEND", "software")
for _proxy in ("http_proxy", "https_proxy", "all_proxy"):
    # A proxy of the machine would carry a test's loopback call outside.
    os.environ.pop(_proxy, None)
    os.environ.pop(_proxy.upper(), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`loopback` opens sockets to this machine, and to nowhere else."""
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
