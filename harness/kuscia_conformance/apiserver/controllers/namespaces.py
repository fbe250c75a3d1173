"""The controller of namespaces: default service accounts, and the end of deleted namespaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.builtin import service_account
from kuscia_conformance.apiserver.builtin.ending import Left, ending_conditions
from kuscia_conformance.apiserver.storage.store import Change, Key
from kuscia_conformance.apiserver.writes.create import create
from kuscia_conformance.apiserver.writes.delete import delete
from kuscia_conformance.apiserver.writes.options import DeleteOptions, WriteOptions
from kuscia_conformance.apiserver.writes.update import update
from kuscia_conformance.apiserver.writes.writer import Writer
from kuscia_conformance.kube.objects import Obj, time_text
from kuscia_conformance.kube.workqueue import WorkQueue

MANAGER = "kube-controller-manager"
NAMESPACES, ACCOUNTS = ("", "namespaces"), ("", "serviceaccounts")


@dataclass
class Namespaces:
    """The controller: `watch` listens to the store; `run` works until it is cancelled."""

    writer: Writer
    #: Returns all collections, each with its kind.
    kinds: Callable[[], Mapping[Key, Kind]]
    _due: WorkQueue[str] = field(default_factory=lambda: WorkQueue(StatusError))

    def watch(self, kind: Key, change: Change) -> None:
        """Adds the namespace that a change affects to the queue."""
        if kind == NAMESPACES and change.type != "DELETED":
            self._due.add(change.new.name)
        elif change.type == "DELETED" and change.new.namespace:
            self._due.add(change.new.namespace)

    async def run(self) -> None:
        """Processes the queue until it is cancelled."""
        await self._due.work(self._look)

    def _look(self, name: str) -> None:
        stored = self.writer.store.get(NAMESPACES, "", name)
        if stored is None:
            return
        if stored.fields.get("status.phase") == "Terminating":
            self._end(name)
        elif self.writer.store.get(ACCOUNTS, name, "default") is None:
            target = Target(self.kinds()[ACCOUNTS], name)
            options = WriteOptions(False, "service-account-controller", "Ignore", False)
            create(self.writer, target, service_account(name, self.writer.now()), options)

    def _end(self, name: str) -> None:
        """Deletes everything in the namespace, and reports in its status what is left.

        Once nothing is left, removes the finalizer of the namespace, so that it goes.
        """
        left: list[Left] = []
        for key, kind in self.kinds().items():
            if not kind.namespaced:
                continue
            for stored in self.writer.store.collection(key).in_namespace(name):
                target = Target(kind, name, stored.name)
                if b'"deletionTimestamp"' not in stored.body:
                    delete(self.writer, target, DeleteOptions(policy="Background"))
                if remaining := self.writer.store.get(key, name, stored.name):
                    finalizers = remaining.object()["metadata"].get("finalizers") or ()
                    left.append((f"{kind.plural}.{kind.group}", finalizers))
        target = Target(self.kinds()[NAMESPACES], "", name, "status")
        update(self.writer, target, lambda new: self._tell(new, left), MANAGER)
        if not left:
            update(self.writer, replace(target, sub="finalize"), _release, MANAGER)

    def _tell(self, namespace: Obj, left: list[Left]) -> None:
        before = namespace["status"].get("conditions") or ()
        now = time_text(self.writer.now())
        namespace["status"]["conditions"] = ending_conditions(left, before, now)


def _release(namespace: Obj) -> None:
    finalizers = namespace.get("spec", {}).get("finalizers") or []
    namespace["spec"] = {"finalizers": [name for name in finalizers if name != "kubernetes"]}
