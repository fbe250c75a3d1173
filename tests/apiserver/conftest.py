"""A server in this process, and one as a process of its own; neither may have anything to log."""

import logging

import pytest

from tests.apiserver import given
from tests.apiserver.serving import served


@pytest.fixture
def complaints():
    """What is logged meanwhile, at WARNING or above."""
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
