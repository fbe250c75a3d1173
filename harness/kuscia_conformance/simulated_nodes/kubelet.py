"""The kubelets of all simulated nodes: one watch of pods, and a patch for every visible change.

A pod is worked on by at most one task at a time: it looks, advances the pod's life, reports
the new status, and then sleeps until something changes or a deadline comes.
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

log = logging.getLogger(__name__)

#: How long to wait after an answer that was no success, in seconds.
PAUSE = 0.5


async def run(
    world: World, names: Sequence[str], *, on_ready: Callable[[], None] = lambda: None
) -> None:
    """Register the nodes and serve as their kubelets until cancelled.

    `on_ready` is called once, when the Nodes exist and no pod can be missed any more.
    """
    await serve(Kubelets(world), names, on_ready=on_ready)


async def serve(
    kubelets: Kubelets, names: Sequence[str], *, on_ready: Callable[[], None] = lambda: None
) -> None:
    """The same, for whoever wants to ask the kubelets meanwhile."""
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
        # Whoever closes the connections next must not close them under a request.
        await asyncio.gather(*tasks, *kubelets.stop(), return_exceptions=True)


@dataclass(eq=False, kw_only=True)
class Charge(Item):
    """A pod in a kubelet's care."""

    pod: Obj
    life: Life
    addresses: Addresses
    #: The status as it was last written.
    reported: Obj = field(default_factory=dict)
    #: Its deletion is done; the watch will say when it is gone.
    deleted: bool = False

    @property
    def node(self) -> str:
        return str(self.pod["spec"]["nodeName"])


@dataclass
class Kubelets:
    """One kubelet for each node that has been registered."""

    world: World
    _nodes: dict[str, Obj] = field(default_factory=dict)
    _charges: dict[str, Charge] = field(default_factory=dict)
    #: The same by node: who looks for a node's pods does not look through all.
    _on: dict[str, dict[str, Charge]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def register(self, node: Obj) -> None:
        """Create the Node, or take over the one there is, and have it count as ready."""
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
        """What the container has printed in its latest run. LookupError if there was none."""
        if not pod["spec"].get("nodeName"):
            return ""
        return output.log(name_of(pod), container, self._view(pod, container))

    async def run(self, pod: Obj, container: str, command: list[str]) -> tuple[int, str, str]:
        """Exit code, output and complaints of a command there. LookupError if it cannot be run."""
        view = inside.require_running(pod, container, self._view(pod, container))
        node, found = self._nodes[pod["spec"]["nodeName"]], await self._sources(pod, view.spec)
        done = inside.run(surroundings.Place(pod, view.spec, node, found), command)
        charge = self._charges.get(uid_of(pod))
        if charge and done.order:
            charge.life = lifecycle.tell(charge.life, container, done.order)
            charge.make_due()
        return done.said.code, done.said.output, done.said.complaints

    def _view(self, pod: Obj, name: str) -> containers.Seen | None:
        """The pod's container of that name; None if no kubelet knows it."""
        charge = self._charges.get(uid_of(pod))
        views = lifecycle.views(self._seen(charge)) if charge and charge.life.containers else []
        return next((view for view in views if view.container.name == name), None)

    async def _sources(self, pod: Obj, spec: Obj) -> dict[Reference, Obj]:
        """The config maps and secrets that the container sees something of, if they exist."""
        found = {}
        for source in surroundings.sources(pod, spec):
            with contextlib.suppress(NotFound):
                found[source] = await self.world.api.get(
                    source.resource, source.name, namespace_of(pod)
                )
        return found

    async def heartbeat(self, name: str) -> None:
        """Renew the node's Lease for ever; one that is lost is made again."""
        api = self.world.api
        while True:
            now, pause = self.world.now(), float(nodes.RENEW_SECONDS)
            renewal = {"spec": nodes.renewal(now)}
            try:
                await api.patch(LEASES, name, nodes.LEASE_NAMESPACE, renewal)
            except NotFound:
                pause = await self._make_lease(name, pause)
            except (ApiError, TimeoutError) as error:
                log.warning("lease of %s: %s", name, error)
                pause = PAUSE
            await self.world.sleep(pause)

    async def _make_lease(self, name: str, pause: float) -> float:
        try:
            lease = nodes.lease(self._nodes[name], self.world.now())
            await self.world.api.create(LEASES, lease)
        except (ApiError, TimeoutError) as error:
            # The API server makes the namespace only a while after it has started.
            log.info("lease of %s: %s", name, error)
            return PAUSE
        return pause

    async def follow_nodes(self) -> None:
        """Know what others change about the nodes: room, labels, taints."""
        async for said in follow(self.world, NODES, labels=nodes.SIMULATED):
            for node in said.objects if isinstance(said, Listed) else (said.object,):
                if name_of(node) in self._nodes:
                    self._nodes[name_of(node)] = node

    async def follow_pods(self, on_ready: Callable[[], None] | None) -> None:
        """Take every pod that is bound to one of the nodes into care, and let go what is gone."""
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
        """Let go of every pod; what is on its way to its end."""
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
        """Bring the pod up to date; after an error come back a little later."""
        try:
            await self._tend(charge)
        except NotFound as error:
            # Deleted by somebody else: the watch will say so.
            log.debug("%s: %s", key_of(charge.pod), error)
        except (ApiError, TimeoutError) as error:
            log.warning("%s: %s; again in %s s", key_of(charge.pod), error, PAUSE)
            charge.set_alarm(PAUSE)
        except Exception:
            log.exception("%s: a bug, of this pod only", key_of(charge.pod))

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
        """What there is to see; a refusal needs a second look at the node, past the watch."""
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
        return Seen(charge.pod, charge.life, self.world.now(), node, others)

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
        # With the uid the server refuses to write it into a namesake.
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
