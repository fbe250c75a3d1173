"""Tests the Endpoints and EndpointSlices that services with a selector have."""

import orjson
import pytest
import yaml

from tests.apiserver.controllers import services
from tests.apiserver.given import MERGE, in_process

RECORDED = yaml.safe_load(services.RECORDED.read_text())


@pytest.fixture(scope="module")
def played():
    with in_process() as cluster:

        def send(method, path, body):
            headers = {"content-type": MERGE} if method == "PATCH" else None
            content = b"" if body is None else body
            return orjson.loads(cluster.ask(method, path, content, headers).body)

        yield services.play(send, lambda _: cluster.settle())


@pytest.mark.parametrize("case", [case.name for case in services.CASES])
def test_a_service_has_the_endpoints_that_kubernetes_controllers_give_it(case, played):
    assert played[case] == RECORDED[case]


def test_every_recorded_case_is_played(played):
    assert list(played) == list(RECORDED)
