"""The controller that keeps the Endpoints and EndpointSlices of services with a selector.

A change of a service, or of what endpoints depend on in a pod that it selects, makes the service
due. The controller then computes what its endpoints have to be (`service_endpoints`), and writes
only what differs. Slices go with their service by way of the garbage collector.

Services without a selector are left alone: who makes them writes their endpoints. What Kubernetes'
controllers do is recorded in `tests/apiserver/controllers/recorded_services.yaml`. Not here: the
limit of 100 endpoints for each slice, the annotation `last-change-trigger-time`, and addresses of
IPv6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.builtin.network.service_endpoints import (
    MANAGED_BY,
    SERVICE_NAME,
    SLICE_MANAGER,
    endpoints_labels,
    seen_of,
    slice_labels,
    slices_of,
    subsets_of,
)
from kuscia_conformance.apiserver.storage.store import Change, Key, Stored, for_reading
from kuscia_conformance.apiserver.writes.create import create
from kuscia_conformance.apiserver.writes.delete import delete
from kuscia_conformance.apiserver.writes.options import DeleteOptions, WriteOptions
from kuscia_conformance.apiserver.writes.update import update
from kuscia_conformance.apiserver.writes.writer import Writer
from kuscia_conformance.kube.objects import Obj, labels_of, owner_reference
from kuscia_conformance.kube.workqueue import WorkQueue

MANAGER = "kube-controller-manager"
PODS, SERVICES, NODES = ("", "pods"), ("", "services"), ("", "nodes")
ENDPOINTS, SLICES = ("", "endpoints"), ("discovery.k8s.io", "endpointslices")
_ZONE = "topology.kubernetes.io/zone"
_NONE: Mapping[str, Mapping[str, str]] = {}


@dataclass
class ServiceEndpoints:
    """The controller: `watch` listens to the store; `run` works until it is cancelled."""

    writer: Writer
    #: Returns all collections, each with its kind.
    kinds: Callable[[], Mapping[Key, Kind]]
    #: The selectors of services, by namespace and name.
    _selectors: dict[str, dict[str, Mapping[str, str]]] = field(default_factory=dict)
    _due: WorkQueue[Key] = field(default_factory=lambda: WorkQueue(StatusError))
    #: Whether the controller itself is writing.
    _writes: bool = False

    def watch(self, kind: Key, change: Change) -> None:
        """Adds the services whose endpoints a change affects to the queue."""
        if kind == PODS:
            self._due.add(*self._affected(change))
        elif kind == SERVICES:
            self._note(change)
            self._due.add(change.new.key)
        elif kind == ENDPOINTS and change.type == "DELETED":
            self._due.add(change.new.key)
        elif kind == SLICES and not self._writes:
            for labels in (change.new.labels, change.old.labels if change.old else {}):
                if labels.get(MANAGED_BY) == SLICE_MANAGER:
                    self._due.add((change.new.namespace, labels.get(SERVICE_NAME, "")))

    def _note(self, change: Change) -> None:
        services = self._selectors.setdefault(change.new.namespace, {})
        spec = for_reading(change.new)["spec"]
        selector = spec.get("selector") if spec.get("type") != "ExternalName" else None
        if selector and change.type != "DELETED":
            services[change.new.name] = selector
        else:
            services.pop(change.new.name, None)

    def _affected(self, change: Change) -> Iterator[Key]:
        """Yields the services for which a pod comes, goes or changes as an endpoint."""
        services = self._selectors.get(change.new.namespace)
        if not services:
            return
        old, new = _seen(change.old), _seen(change.new if change.type != "DELETED" else None)
        before = change.old.labels.items() if change.old else {}.items()
        for name, selector in services.items():
            was = old if selector.items() <= before else None
            now = new if selector.items() <= change.new.labels.items() else None
            if was != now:
                yield change.new.namespace, name

    async def run(self) -> None:
        """Processes the queue until it is cancelled."""
        await self._due.work(self._look)

    def _look(self, key: Key) -> None:
        stored = self.writer.store.get(SERVICES, *key)
        self._writes = True
        try:
            if stored is None:
                self._delete(ENDPOINTS, key)
            elif selector := self._selectors.get(key[0], _NONE).get(key[1]):
                self._keep(for_reading(stored), key, [*self._selected(key[0], selector)])
        finally:
            self._writes = False

    def _selected(self, namespace: str, selector: Mapping[str, str]) -> Iterator[Obj]:
        for (space, _), stored in self.writer.store.collection(PODS).objects.items():
            if space == namespace and selector.items() <= stored.labels.items():
                yield for_reading(stored)

    def _keep(self, service: Obj, key: Key, pods: Sequence[Obj]) -> None:
        self._keep_endpoints(service, key, pods)
        self._keep_slices(service, key, pods)

    def _keep_endpoints(self, service: Obj, key: Key, pods: Sequence[Obj]) -> None:
        wanted = {"subsets": subsets_of(service, pods)}
        labels = endpoints_labels(service)
        stored = self.writer.store.get(ENDPOINTS, *key)
        if stored is None:
            self._create(ENDPOINTS, key[0], {"name": key[1]}, labels, wanted)
        else:
            self._update(ENDPOINTS, stored, labels, wanted)

    def _keep_slices(self, service: Obj, key: Key, pods: Sequence[Obj]) -> None:
        """Writes the slices. A slice of other ports is used again rather than deleted."""
        labels, free = slice_labels(service), self._slices(key)
        missing: list[Obj] = []
        for wanted in slices_of(service, pods, self._zone):
            same = next((s for s in free if _ports(s) == wanted["ports"]), None)
            if same is None:
                missing.append(wanted)
            else:
                free.remove(same)
                self._update(SLICES, same, labels, wanted)
        for wanted in missing:
            if free:
                self._update(SLICES, free.pop(0), labels, wanted)
            else:
                own = {"generateName": f"{key[1]}-", "ownerReferences": [owner_reference(service)]}
                wanted = {"addressType": "IPv4", **wanted}
                self._create(SLICES, key[0], own, labels, wanted)
        for stored in free:
            self._delete(SLICES, stored.key)

    def _slices(self, key: Key) -> list[Stored]:
        return [
            stored
            for (space, _), stored in self.writer.store.collection(SLICES).objects.items()
            if space == key[0]
            and stored.labels.get(SERVICE_NAME) == key[1]
            and stored.labels.get(MANAGED_BY) == SLICE_MANAGER
        ]

    def _zone(self, node: str) -> str | None:
        stored = self.writer.store.get(NODES, "", node)
        return None if stored is None else stored.labels.get(_ZONE, "")

    def _create(
        self, key: Key, namespace: str, metadata: Obj, labels: Mapping[str, str], content: Obj
    ) -> None:
        kind = self.kinds()[key]
        own = {"apiVersion": kind.api_version, "kind": kind.name}
        obj = {**own, "metadata": {**metadata, "labels": labels}, **_without_empty(content)}
        options = WriteOptions(False, MANAGER, "Ignore", False)
        create(self.writer, Target(kind, namespace), obj, options)

    def _update(self, key: Key, stored: Stored, labels: Mapping[str, str], content: Obj) -> None:
        now = for_reading(stored)
        if labels == labels_of(now) and all(
            (now.get(name) or []) == content[name] for name in content
        ):
            return

        def change(obj: Obj) -> None:
            obj["metadata"]["labels"] = dict(labels)
            for name in content:
                obj.pop(name, None)
            obj.update(_without_empty(content))

        update(self.writer, Target(self.kinds()[key], *stored.key), change, MANAGER)

    def _delete(self, key: Key, of: Key) -> None:
        if self.writer.store.get(key, *of):
            delete(self.writer, Target(self.kinds()[key], *of), DeleteOptions())


def _seen(pod: Stored | None) -> object:
    """Returns what endpoints depend on in a pod; None if it is no endpoint of any service."""
    return None if pod is None else seen_of(for_reading(pod))


def _ports(stored: Stored) -> list[Obj]:
    return for_reading(stored).get("ports") or []


def _without_empty(content: Obj) -> Obj:
    """Returns the content without empty lists, which Kubernetes does not write."""
    return {name: value for name, value in content.items() if value}
