"""The kubelets of all simulated nodes: carries out what `lifecycle` decides.

One watch brings the pods of all nodes. Each pod becomes a `Charge` with a task of its own, and that
task repeats:

    look      what the pod depends on now (`_look`)
    advance   what happens to the pod (`lifecycle.advance`)
    report    a patch of the status, if it has changed (`_report`); the deletion, if the pod is gone
    sleep     until the pod changes, or until `lifecycle.wake_at`

At most one task works on a pod at a time. Another task for each node renews its Lease. Our
API server asks `Kubelets` for logs and runs commands through it, as a real one asks a kubelet.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kuscia_conformance.errors import AlreadyExists, ApiError, NotFound
from kuscia_conformance.kube.objects import (
    LEASES,
    NODES,
    PODS,
    Obj,
    key_of,
    name_of,
    namespace_of,
    uid_of,
    version_of,
)
from kuscia_conformance.kube.workqueue import Item
from kuscia_conformance.kube.world import Listed, World, follow
from kuscia_conformance.simulated_nodes import (
    containers,
    inside,
    lifecycle,
    nodes,
    output,
    surroundings,
)
from kuscia_conformance.simulated_nodes.lifecycle import HOLDS_ROOM, Life, Seen, Stage
from kuscia_conformance.simulated_nodes.references import Reference
from kuscia_conformance.simulated_nodes.status import Addresses, render
from kuscia_conformance.simulated_nodes.tempo import PROMPT, Tempo

log = logging.getLogger(__name__)

#: Seconds to wait after a request has failed.
PAUSE = 0.5


async def run(
    world: World,
    names: Sequence[str],
    tempo: Tempo = PROMPT,
    *,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Registers the nodes, and works as their kubelets until cancelled.

    `on_ready` is called once: when the Nodes exist and the pods have been read, so that none is
    missed. Raises ApiError if a node cannot be registered.
    """
    await serve(Kubelets(world, tempo), names, on_ready=on_ready)


async def serve(
    kubelets: Kubelets, names: Sequence[str], *, on_ready: Callable[[], None] = lambda: None
) -> None:
    """Does the same as `run`, for a caller that also needs the `Kubelets` for logs and commands."""
    world = kubelets.world
    version = (await world.api.raw("/version"))["gitVersion"]
    for number, name in enumerate(names):
        await kubelets.register(nodes.node(name, number, world.now(), version))
    tasks = [world.spawn(kubelets.heartbeat(name), f"lease {name}") for name in names]
    tasks += [world.spawn(kubelets.follow_nodes(), "nodes")]
    tasks += [world.spawn(kubelets.follow_pods(on_ready), "pods")]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        # All requests have to end here, because the caller closes the connections next.
        await asyncio.gather(*tasks, *kubelets.stop(), return_exceptions=True)


@dataclass(eq=False, kw_only=True)
class Charge(Item):
    """A pod that is bound to a simulated node, with what its kubelet knows about it."""

    pod: Obj
    life: Life
    addresses: Addresses
    #: The status that was last written.
    reported: Obj = field(default_factory=dict)
    #: Whether the pod has been deleted for good. The watch will report that it is gone.
    deleted: bool = False

    @property
    def node(self) -> str:
        return str(self.pod["spec"]["nodeName"])


@dataclass
class Kubelets:
    """The kubelets of the registered nodes; implements the API server's `Kubelet` protocol.

    The API server calls `logs` and `run`. Everything else is for `serve`.
    """

    world: World
    tempo: Tempo = PROMPT
    _nodes: dict[str, Obj] = field(default_factory=dict)
    _charges: dict[str, Charge] = field(default_factory=dict)
    #: The same charges by node, so that finding a node's pods does not need a search through all.
    _on: dict[str, dict[str, Charge]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def register(self, node: Obj) -> None:
        """Creates the Node, or uses an existing one of this name.

        Removes the taint for nodes that are not ready: a simulated node is ready from the start.
        """
        name = name_of(node)
        try:
            created = await self.world.api.create(NODES, node)
        except AlreadyExists:
            created = await self.world.api.get(NODES, name)
        taints = created["spec"].get("taints", [])
        others = [taint for taint in taints if taint["key"] != nodes.NOT_READY_TAINT]
        if others != taints:
            spec = {"spec": {"taints": others or None}}
            created = await self.world.api.patch(NODES, name, None, spec)
        self._nodes[name] = created

    def logs(self, pod: Obj, container: str) -> str:
        """Returns what the container has printed in its latest run.

        This is empty before the pod is bound to a node. Raises LookupError, in a kubelet's words,
        if the container has not run yet.
        """
        if not pod["spec"].get("nodeName"):
            return ""
        return output.log(name_of(pod), container, self._view(pod, container))

    async def run(self, pod: Obj, container: str, command: list[str]) -> tuple[int, str, str]:
        """Runs a command in the container, and returns its exit code, stdout and stderr.

        If the command orders the container to end (`exit_order`), the container obeys. Raises
        LookupError if the container does not run, or the command is not found or not understood.
        """
        view = inside.require_running(pod, container, self._view(pod, container))
        node, found = self._nodes[pod["spec"]["nodeName"]], await self._sources(pod, view.spec)
        done = inside.run(surroundings.Place(pod, view.spec, node, found), command)
        charge = self._charges.get(uid_of(pod))
        if charge and done.order:
            charge.life = lifecycle.tell(charge.life, container, done.order)
            charge.make_due()
        return done.said.code, done.said.output, done.said.complaints

    def _view(self, pod: Obj, name: str) -> containers.Seen | None:
        """Returns the pod's container of that name; None if no kubelet knows the container."""
        charge = self._charges.get(uid_of(pod))
        views = lifecycle.views(self._seen(charge)) if charge and charge.life.containers else []
        return next((view for view in views if view.container.name == name), None)

    async def _sources(self, pod: Obj, spec: Obj) -> dict[Reference, Obj]:
        """Returns the config maps and secrets that the container uses, as far as they exist."""
        found = {}
        for source in surroundings.sources(pod, spec):
            with contextlib.suppress(NotFound):
                found[source] = await self.world.api.get(
                    source.resource, source.name, namespace_of(pod)
                )
        return found

    async def heartbeat(self, name: str) -> None:
        """Renews the node's Lease until cancelled; creates the Lease if it does not exist."""
        api = self.world.api
        while True:
            now, pause = self.world.now(), float(nodes.RENEW_SECONDS)
            renewal = {"spec": nodes.renewal(now)}
            try:
                await api.patch(LEASES, name, nodes.LEASE_NAMESPACE, renewal)
            except NotFound:
                pause = await self._make_lease(name, pause)
            except (ApiError, TimeoutError) as error:
                log.warning("cannot renew the lease of node %s: %s", name, error)
                pause = PAUSE
            await self.world.sleep(pause)

    async def _make_lease(self, name: str, pause: float) -> float:
        try:
            lease = nodes.lease(self._nodes[name], self.world.now())
            await self.world.api.create(LEASES, lease)
        except (ApiError, TimeoutError) as error:
            # An API server creates the namespace of node leases only some time after its start.
            log.info("cannot create the lease of node %s: %s", name, error)
            return PAUSE
        return pause

    async def follow_nodes(self) -> None:
        """Keeps the nodes up to date: other clients change their room, labels and taints."""
        async for said in follow(self.world, NODES, labels=nodes.SIMULATED):
            for node in said.objects if isinstance(said, Listed) else (said.object,):
                if name_of(node) in self._nodes:
                    self._nodes[name_of(node)] = node

    async def follow_pods(self, on_ready: Callable[[], None] | None) -> None:
        """Makes a charge of every pod that is bound to one of the nodes, and drops deleted pods.

        `on_ready` is called after the first list.
        """
        async for said in follow(self.world, PODS, fields="spec.nodeName!="):
            if isinstance(said, Listed):
                self._replace(said.objects)
                if on_ready:
                    on_ready()
                    on_ready = None
            elif said.type == "DELETED":
                self._let_go(uid_of(said.object))
            else:
                self._take(said.object)

    def _replace(self, pods: Sequence[Obj]) -> None:
        for uid in self._charges.keys() - {uid_of(pod) for pod in pods}:
            self._let_go(uid)
        for pod in pods:
            self._take(pod)

    def stop(self) -> list[asyncio.Task[Any]]:
        """Cancels the work on every pod. Returns the cancelled tasks, for the caller to await."""
        return [task for uid in list(self._charges) for task in self._let_go(uid)]

    def _take(self, pod: Obj) -> None:
        charge = self._charges.get(uid_of(pod))
        if charge is None:
            if pod["spec"]["nodeName"] not in self._nodes:
                return
            charge = self._charge(pod)
            self._charges[uid_of(pod)] = charge
            self._on.setdefault(charge.node, {})[uid_of(pod)] = charge
        elif version_of(pod) < version_of(charge.pod):
            return
        charge.pod = pod
        charge.make_due()

    def _charge(self, pod: Obj) -> Charge:
        def look() -> Awaitable[None]:
            return self._try(charge)

        life, addresses = lifecycle.first(pod), self._addresses(pod)
        charge = Charge(self.world, key_of(pod), look, pod=pod, life=life, addresses=addresses)
        return charge

    def _addresses(self, pod: Obj) -> Addresses:
        number = next(self._numbers)
        host = self._nodes[pod["spec"]["nodeName"]]["status"]["addresses"][0]["address"]
        return Addresses(f"10.244.{number // 254 % 256}.{number % 254 + 1}", host)

    def _let_go(self, uid: str) -> list[asyncio.Task[Any]]:
        charge = self._charges.pop(uid, None)
        if charge:
            del self._on[charge.node][uid]
        return charge.cancel() if charge else []

    async def _try(self, charge: Charge) -> None:
        """Brings the pod up to date. After a failed request it tries again in `PAUSE` seconds."""
        try:
            await self._tend(charge)
        except NotFound as error:
            # Another client has deleted the pod. The watch will report it.
            log.debug("%s: %s", key_of(charge.pod), error)
        except (ApiError, TimeoutError) as error:
            log.warning("%s: %s; trying again in %s s", key_of(charge.pod), error, PAUSE)
            charge.set_alarm(PAUSE)
        except Exception:
            log.exception("%s: unexpected error, for this pod only", key_of(charge.pod))

    async def _tend(self, charge: Charge) -> None:
        seen = await self._look(charge)
        charge.life = lifecycle.advance(seen)
        seen = replace(seen, life=charge.life)
        await self._report(charge, render(seen, charge.addresses))
        if charge.life.stage is Stage.GONE and not charge.deleted:
            await self._delete(charge)
        moment = lifecycle.wake_at(seen)
        charge.set_alarm((moment - self.world.now()).total_seconds() if moment else None)

    async def _look(self, charge: Charge) -> Seen:
        """Returns what the pod's next step depends on.

        Before a pod is refused, the node is read again, because the watch may be late.
        """
        seen = self._seen(charge)
        if asked := lifecycle.asks(seen):
            absent = {reference: await self._lacks(charge, reference) for reference in asked}
            return replace(
                self._seen(charge), absent={what: said for what, said in absent.items() if said}
            )
        if charge.life.stage is Stage.BOUND and lifecycle.refuse(seen):
            self._nodes[charge.node] = await self.world.api.get(NODES, charge.node)
            return self._seen(charge)
        return seen

    def _seen(self, charge: Charge) -> Seen:
        others = [
            other.pod
            for other in self._on.get(charge.node, {}).values()
            if other is not charge and other.life.stage in HOLDS_ROOM
        ]
        node = self._nodes[charge.node]
        return Seen(charge.pod, charge.life, self.world.now(), node, others, tempo=self.tempo)

    async def _lacks(self, charge: Charge, reference: Reference) -> str:
        namespace = namespace_of(charge.pod) or ""
        try:
            found = await self.world.api.get(reference.resource, reference.name, namespace)
        except NotFound:
            return reference.lacks(namespace, None)
        return reference.lacks(namespace, found)

    async def _report(self, charge: Charge, status: Obj) -> None:
        if not status or status == charge.reported:
            return
        pod = charge.pod
        # With the uid, the server refuses to write the status to a new pod of the same name.
        patch = {"metadata": {"uid": uid_of(pod)}, "status": status}
        answer = await self.world.api.patch(
            PODS, name_of(pod), namespace_of(pod), patch, sub="status", how="strategic"
        )
        charge.reported = status
        if version_of(answer) > version_of(charge.pod):
            charge.pod = answer

    async def _delete(self, charge: Charge) -> None:
        pod = charge.pod
        await self.world.api.delete(
            PODS, name_of(pod), namespace_of(pod), uid=uid_of(pod), grace_seconds=0
        )
        charge.deleted = True
