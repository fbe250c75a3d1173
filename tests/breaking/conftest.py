"""Leaves most of the broken runs to `--full`, because each of them takes some seconds."""

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "only_full: runs with --full only")


def pytest_collection_modifyitems(config, items):
    for item in items:
        if item.get_closest_marker("only_full") and not config.getoption("full"):
            item.add_marker(pytest.mark.skip(reason="slow: runs with --full"))
