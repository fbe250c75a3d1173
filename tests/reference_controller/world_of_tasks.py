"""A world for tasks in one process on a virtual clock: API server, nodes and controller.

`TaskWorld` has a method for everything that can happen. Each takes only the time of its request;
other time passes only in `pass_time`. `promises.Promises` checks every change of the store.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random

from kuscia_conformance.apiserver.http.in_process import access_to
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.clusters import preparing
from kuscia_conformance.clusters.borrowed_nodes import SLOT, set_room
from kuscia_conformance.environment.virtual import TOKEN, VirtualController
from kuscia_conformance.environment.virtual_clock import VirtualLoop, VirtualWorld
from kuscia_conformance.errors import AlreadyExists, ApiError, NotFound
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import APP_IMAGES, DOMAIN_LABEL, KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.kube.objects import (
    DEFINITIONS,
    NAMESPACES,
    NODES,
    PODS,
    name_of,
    namespace_of,
)
from kuscia_conformance.scenario.capacity import WORKLOAD, cordon, plain_pod, remake_node
from kuscia_conformance.simulated_nodes import kubelet
from kuscia_conformance.simulated_nodes.exit_order import ORDER, Order
from tests.reference_controller.promises import Promises, is_of_task

DOMAINS = ("alice", "bob", "carol")
PACES = (0.0, 0.008, 0.05)
DEFINED = preparing.load_all(suite_folder("fixtures") / "crds")


class TaskWorld:
    """An API server with nodes and a controller, on its own virtual clock.

    A test must call `close` at the end.
    """

    def __init__(self, nodes=2, *, domains=DOMAINS, pace=PACES[1], seed=0):
        self.domains = domains
        self.nodes = {d: [f"{d}-{n}" for n in range(1, nodes + 1)] for d in domains}
        self.loop = VirtualLoop()
        asyncio.set_event_loop(self.loop)
        self.server = Server({TOKEN: "admin"}, pace, self.loop.now, Random(seed))
        self.access = access_to(self.server, TOKEN)
        self.api = Api(self.access, "somebody")
        self.controller = VirtualController(self.access, self.loop)
        self.promises = Promises(self.server.store, self.loop.time)
        #: The deleted nodes, in their last version.
        self.gone = {}
        self._ready = asyncio.Event()
        self._works = [
            self.loop.create_task(self._serve()),
            self.loop.create_task(self._nodes()),
        ]
        self.drive(self.api.__aenter__())
        self.drive(self._ready.wait())
        self.drive(self._prepare())

    def drive(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    def close(self):
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        self.drive(asyncio.gather(*left, return_exceptions=True))
        self.drive(self.loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        self.loop.close()

    async def _serve(self):
        async with self.server.running():
            await asyncio.Event().wait()

    async def _nodes(self):
        async with Api(self.access, "nodes") as api:
            kubelets = kubelet.Kubelets(VirtualWorld(api, self.loop))
            self.server.kubelet = kubelets
            names = [name for names in self.nodes.values() for name in names]
            await kubelet.serve(kubelets, names, on_ready=self._ready.set)

    async def _prepare(self):
        for definition in DEFINED:
            await self.api.create(DEFINITIONS, definition)
        await preparing.served(self.api, DEFINED)
        for name in (TASK_NAMESPACE, *self.domains):
            await self._make(NAMESPACES, {"metadata": {"name": name}})
        for domain, names in self.nodes.items():
            for name in names:
                await self.api.patch(
                    NODES, name, None, {"metadata": {"labels": {DOMAIN_LABEL: domain}}}
                )

    async def _make(self, resource, obj):
        obj = {"apiVersion": resource.api_version, "kind": resource.kind, **obj}
        with suppress(AlreadyExists):
            await self.api.create(resource, obj)

    # Tasks

    def create_task(self, name, parties, **schedule):
        """Creates a task, if it does not exist yet.

        `parties` has for each domain: slots of a pod, replicas, and minReservedPods or None.
        `schedule` are fields of its scheduleConfig; false values are left out.
        """
        self.drive(self._create_task(name, parties, schedule))

    async def _create_task(self, name, parties, schedule):
        for slots, _, _ in parties.values():
            await self._make(APP_IMAGES, _app_image(slots))
        spec = {
            "initiator": next(iter(parties)),
            "parties": [_party(domain, *each) for domain, each in parties.items()],
            "taskInputConfig": "{}",
            "scheduleConfig": {key: value for key, value in schedule.items() if value},
        }
        await self._make(
            KUSCIA_TASKS, {"metadata": {"name": name, "namespace": TASK_NAMESPACE}, "spec": spec}
        )

    def delete(self, resource, name, namespace=None):
        with suppress(NotFound):
            self.drive(self.api.delete(resource, name, namespace))

    def finish(self, pod, code=0):
        """Makes a running pod end with this exit code."""
        patch = {"metadata": {"annotations": {ORDER: Order(code).annotation}}}
        with suppress(ApiError):
            self.drive(self.api.patch(PODS, name_of(pod), namespace_of(pod), patch))

    # Nodes

    def set_room(self, node, slots):
        with suppress(NotFound):
            self.drive(set_room(self.api, node, slots))

    def cordon(self, node):
        self._cordon(node, True)

    def uncordon(self, node):
        self._cordon(node, False)

    def _cordon(self, node, cordoned):
        with suppress(NotFound):
            self.drive(cordon(self.api, node, cordoned))

    def delete_node(self, node):
        """Deletes the node, and keeps it for `remake_node`."""
        with suppress(NotFound):
            self.gone[node] = self.drive(self.api.get(NODES, node))
            self.drive(self.api.delete(NODES, node))

    def remake_node(self, node):
        if known := self.gone.pop(node, None):
            self.drive(remake_node(self.api, known))
            self.drive(self.api.patch(NODES, node, None, {"spec": {"taints": None}}))

    def put_plain_pod(self, node):
        """Creates a bound pod that uses a slot, even if that slot is reserved."""
        pod = plain_pod(f"plain-{node}", _domain(node), node, None)
        self.drive(self._make(PODS, pod))

    def take_plain_pod(self, node):
        with suppress(NotFound):
            self.drive(self.api.delete(PODS, f"plain-{node}", _domain(node), grace_seconds=0))

    # The controller, and time

    def start(self):
        self.drive(self.controller.start())
        self.promises.controller_since = self.loop.time()

    def kill(self):
        self.promises.controller_since = None
        self.drive(self.controller.kill())

    def pass_time(self, seconds):
        self.drive(asyncio.sleep(seconds))
        self.promises.look()

    # Observations

    def all(self, resource):
        """Returns the objects of that kind, sorted by key."""
        there = self.promises.there[resource]
        return [there[key] for key in sorted(there)]

    def pods_of_tasks(self):
        return [pod for pod in self.all(PODS) if is_of_task(pod)]


def _domain(node):
    return node.rpartition("-")[0]


def _party(domain, slots, replicas, needed):
    party = {
        "domainID": domain,
        "appImageRef": f"asks-{slots}",
        "template": {"replicas": replicas},
    }
    return {**party, "minReservedPods": needed} if needed else party


def _app_image(slots):
    """Returns an AppImage whose pods run until `finish` ends them."""
    asked = {SLOT: str(slots)}
    container = {
        "name": "app",
        "command": ["sh", "-c", "./app --seconds=86400"],
        "workingDir": "/work",
        "resources": {"requests": asked, "limits": asked},
    }
    name, _, tag = WORKLOAD.partition(":")
    template = {"name": "app", "spec": {"restartPolicy": "Never", "containers": [container]}}
    spec = {"image": {"name": name, "tag": tag}, "deployTemplates": [template]}
    return {"metadata": {"name": f"asks-{slots}"}, "spec": spec}
