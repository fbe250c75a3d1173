"""Controllers on the virtual clock that never rest: they fail, with their last requests."""

import pytest

from tests.breaking.given import NOT_CONFORMANT, SMALL, Case, broken, ways

#: The controller works as it should, and begins to spin when it is ready.
SPINS = """
import asyncio
from kuscia_conformance.kube.objects import CONFIG_MAPS
from reference_controller import runtime
start = runtime.Runtime.start
MAP = {{"apiVersion": "v1", "kind": "ConfigMap"}}
SPUN = {{**MAP, "metadata": {{"name": "spun", "namespace": "default"}}}}
UNNAMED = {{**MAP, "metadata": {{"generateName": "spun-", "namespace": "default"}}}}
async def spin(self, on_ready):
    await start(self, on_ready)
    api = self.world.api
    while True:
        {}
runtime.Runtime.start = spin
"""
LONG = SMALL.replace('"psi" is created', '"psi" is created\n    And 60 seconds pass')
CREATE, DELETE = (
    "await api.create(CONFIG_MAPS, SPUN)",
    'await api.delete(CONFIG_MAPS, "spun", "default")',
)


def spinning(name, code, reason):
    return Case(name, NOT_CONFORMANT, reason, SPINS.format(code), feature=LONG)


CASES = [
    spinning(
        "creates-and-deletes",
        f"{CREATE}; {DELETE}",
        "it sent POST /api/v1/namespaces/default/configmaps/spun 600 times within a minute",
    ),
    spinning(
        "creates-under-new-names",
        "await api.create(CONFIG_MAPS, UNNAMED)",
        "it sent POST /api/v1/namespaces/default/configmaps/spun- 600 times within a minute",
    ),
    spinning(
        "reads",
        'await api.list(CONFIG_MAPS, "default")',
        "it sent GET /api/v1/namespaces/default/configmaps 600 times within a minute",
    ),
    spinning("yields", "await asyncio.sleep(0)", "it caused 100,000 turns of the event loop"),
    spinning("sleeps-shortly", "await asyncio.sleep(1e-5)", "100,000 turns of the event loop"),
]
QUICK = frozenset({"creates-and-deletes", "yields"})


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_a_controller_that_never_rests_fails(case, tmp_path):
    report = broken(case, tmp_path)
    assert report["reasons"][0].startswith("the controller has ended: it spins: ")
