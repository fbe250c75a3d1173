"""Leaves most of the ended runs to `--full`, because each of them takes some seconds."""

from tests.breaking.conftest import pytest_collection_modifyitems, pytest_configure

__all__ = ["pytest_collection_modifyitems", "pytest_configure"]
