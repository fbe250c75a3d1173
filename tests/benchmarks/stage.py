"""The setting of a benchmark: a cluster, two domains with plenty of room, and an AppImage."""

import asyncio
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.clusters.borrowed_nodes import (
    give_back,
    make_domain,
    remove_domain,
    set_room,
)
from kuscia_conformance.documents import load_manifests
from kuscia_conformance.errors import AlreadyExists
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.kuscia import APP_IMAGES, KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.kube.objects import PODS, name_of
from kuscia_conformance.kube.world import Listed, World, follow

DOMAINS = ("alice", "bob")
#: The run id of the objects that a benchmark creates.
RUN = "benchmark"
#: The room for pods of tasks on each node; a node allows 110 pods in all.
SLOTS = 110
PSI = suite_folder("fixtures") / "create" / "psi"


@contextmanager
def standing(kind, nodes, kind_image=None):
    """Starts a cluster of the kind with this number of nodes and yields it."""
    with TemporaryDirectory(prefix="kuscia-benchmark-") as folder:
        options = ClusterOptions(
            kind,
            definitions=suite_folder("fixtures") / "crds",
            work=Path(folder),
            nodes=nodes,
            kind_image=kind_image,
        )
        with cluster(options) as made:
            yield made


@asynccontextmanager
async def domains(api, nodes):
    """Creates the domains alice and bob with half of the nodes each; removes them at the end."""
    halves = dict(zip(DOMAINS, (nodes[::2], nodes[1::2]), strict=True))
    for name, mine in halves.items():
        await make_domain(api, name, list(mine), RUN)
        await asyncio.gather(*(set_room(api, node, SLOTS) for node in mine))
    try:
        yield
    finally:
        for name, mine in halves.items():
            await asyncio.gather(*(give_back(api, node) for node in mine))
            await remove_domain(api, name)


async def create_image(api):
    """Creates the AppImage of the PSI page, changed so that its pods end as soon as they run."""
    [image] = load_manifests(PSI / "secretflow-image.yaml")
    for template in image["spec"]["deployTemplates"]:
        for container in template["spec"]["containers"]:
            container["args"] = [a.replace("--seconds=3", "--seconds=0") for a in container["args"]]
    try:
        await api.create(APP_IMAGES, image)
    except AlreadyExists:
        await api.delete(APP_IMAGES, name_of(image))
        await api.create(APP_IMAGES, image)


def task(name):
    """Returns the task of the PSI page with another name."""
    [manifest] = load_manifests(PSI / "secretflow-task-psi.yaml")
    return {**manifest, "metadata": {**manifest["metadata"], "name": name}}


async def all_succeeded(api, names):
    """Waits until each of these tasks has succeeded. Raises AssertionError if one fails."""
    left = set(names)
    async with aclosing(follow(World(api), KUSCIA_TASKS)) as news:
        async for said in news:
            for obj in said.objects if isinstance(said, Listed) else (said.object,):
                phase = (obj.get("status") or {}).get("phase")
                assert phase != "Failed", f"{name_of(obj)}: {obj['status']}"
                if phase == "Succeeded":
                    left.discard(name_of(obj))
            if not left:
                return


async def no_pods(api):
    """Waits until the controller has deleted all pods of the two domains."""
    there = set()
    async with aclosing(follow(World(api), PODS)) as news:
        async for said in news:
            if isinstance(said, Listed):
                there = {obj["metadata"]["uid"] for obj in said.objects if _ours(obj)}
            elif said.type == "DELETED":
                there.discard(said.object["metadata"]["uid"])
            elif _ours(said.object):
                there.add(said.object["metadata"]["uid"])
            if not there:
                return


def _ours(pod):
    return pod["metadata"]["namespace"] in DOMAINS


async def delete_tasks(api, names):
    await asyncio.gather(*(api.delete(KUSCIA_TASKS, name, TASK_NAMESPACE) for name in names))
