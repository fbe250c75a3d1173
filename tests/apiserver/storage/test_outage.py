"""Tests outages of watches: who is cut off, what is refused meanwhile, and what is forgotten."""

import asyncio

import orjson
import pytest

from kuscia_conformance.apiserver.apimachinery.request import Request
from kuscia_conformance.apiserver.router import handle
from tests.apiserver.given import CONFIGMAPS, TOKEN, config_map

WATCH = "/api/v1/configmaps"
CUT_OFF, RESUME = "/debug/watches/cut-off", "/debug/watches/resume"


def request(who, method, path, query=""):
    headers = {"authorization": f"Bearer {TOKEN}", "user-agent": who}
    return Request(method, path, query, headers)


async def watched(cluster, who, version="", seconds=60):
    """Returns the code of the answer, and the events of the watch when it has ended."""
    query = f"watch=1&resourceVersion={version}&timeoutSeconds={seconds}"
    answer = await handle(cluster.server, request(who, "GET", WATCH, query))
    if answer.stream is None:
        return answer.code, []
    lines = [line async for piece in answer.stream for line in piece.splitlines()]
    return answer.code, [orjson.loads(line) for line in lines]


async def order(cluster, path, query="", method="POST"):
    return (await handle(cluster.server, request("suite", method, path, query))).code


def test_an_outage_ends_the_watches_of_all_but_spared_clients(cluster):
    async def scenario():
        theirs = asyncio.create_task(watched(cluster, "controller"))
        ours = asyncio.create_task(watched(cluster, "suite-journal", seconds=5))
        await asyncio.sleep(1)
        assert await order(cluster, CUT_OFF, "spare=suite") == 200
        await asyncio.sleep(1)
        assert (theirs.done(), ours.done()) == (True, False)
        assert await watched(cluster, "controller") == (503, [])
        assert await theirs == (200, [])
        assert await ours == (200, [])

    cluster.run(scenario())


def test_after_an_outage_the_versions_before_its_end_are_forgotten(cluster):
    before = cluster.server.store.version
    cluster.run(order(cluster, CUT_OFF, "spare=suite"))
    cluster.create(CONFIGMAPS, config_map("meanwhile"))
    cluster.run(order(cluster, RESUME))
    assert cluster.run(watched(cluster, "controller", before)) == (410, [])
    code, events = cluster.run(watched(cluster, "suite", before, seconds=1))
    assert (code, [event["type"] for event in events]) == (200, ["ADDED"])
    now = cluster.server.store.version
    assert cluster.run(watched(cluster, "controller", now, seconds=1)) == (200, [])


@pytest.mark.parametrize("path", [CUT_OFF, RESUME])
def test_an_outage_is_ordered_with_post_only(cluster, path):
    assert cluster.run(order(cluster, path, method="GET")) == 405
