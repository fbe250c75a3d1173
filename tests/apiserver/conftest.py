"""Fixtures: a server in the test's process, and a server in its own process.

Both fixtures fail a test when the server logs a warning or an error.
"""

import logging

import pytest

from tests.apiserver import given
from tests.apiserver.serving import served


@pytest.fixture
def complaints():
    """Yields the list of records that are logged at WARNING or above during the test."""
    handler = given.Complaints()
    logging.getLogger().addHandler(handler)
    yield handler.records
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def cluster(complaints):
    with given.in_process() as made:
        yield made
    assert [record.getMessage() for record in complaints] == []


@pytest.fixture(scope="module")
def https(tmp_path_factory):
    with served(tmp_path_factory.mktemp("embedded")) as process:
        yield process
        assert process.answers()
    assert process.logged() == "ready\n"
