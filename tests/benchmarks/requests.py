"""Counts the API requests for one PSI task whose pods end at once, by verb and resource."""

import asyncio

from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.world import World
from reference_controller.runtime import run
from reference_controller.server import controllers
from tests.benchmarks import stage

#: The most requests with simulated nodes and with real pods; the original controller needs 56.
BUDGET = {"simulated-nodes": 30, "real-pods": 40}
#: Requests that keep the cache up to date; they do not depend on the task.
FOLLOWING = ("list", "watch")
#: The seconds to wait after the task's end for requests that come late.
AFTERWARDS = 1.0


def measure(kind, kind_image=None):
    """Returns the figures of the median of three tasks, because counts vary with the timing."""
    with stage.standing(kind, 2, kind_image) as made:
        access = read_access(made.kubeconfig, made.context)
        counts = asyncio.run(_count(access, made.nodes[:2]))
        return figures(counts, next(iter(made.can)))


async def _count(access, nodes):
    async with (
        Api(access, "benchmark") as api,
        Api(access, "reference-controller") as own,
        stage.domains(api, nodes),
    ):
        await stage.create_image(api)
        ready = asyncio.Event()
        work = asyncio.create_task(run(World(own), controllers(), on_ready=ready.set))
        await ready.wait()
        counts = [await _one(api, own, f"psi-{number}") for number in range(3)]
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    return counts


async def _one(api, own, name):
    before = own.requests.copy()
    await api.create(KUSCIA_TASKS, stage.task(name))
    await stage.all_succeeded(api, [name])
    await stage.no_pods(api)
    await asyncio.sleep(AFTERWARDS)
    spent = own.requests - before
    await stage.delete_tasks(api, [name])
    return {request: n for request, n in spent.items() if request[0] not in FOLLOWING}


def figures(counts, capability):
    """Returns the figures for the JSON file."""
    middle = sorted(counts, key=lambda count: sum(count.values()))[len(counts) // 2]
    total, budget = sum(middle.values()), BUDGET[capability]
    return {
        "benchmark": "requests",
        "what": "API requests of the reference controller for one PSI task",
        "pods": capability,
        "requests": {f"{verb} {of}": n for (verb, of), n in sorted(middle.items())},
        "totals": [sum(count.values()) for count in counts],
        "total": total,
        "budget": budget,
        "original": 56,
        "ok": total <= budget,
    }
