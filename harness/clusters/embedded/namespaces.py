"""What follows from namespaces: a service account in each, and the end of all that is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.clusters.embedded.builtin import service_account
from harness.clusters.embedded.deleting import delete
from harness.clusters.embedded.dues import Dues
from harness.clusters.embedded.kinds import Kind
from harness.clusters.embedded.options import DeleteOptions, WriteOptions
from harness.clusters.embedded.registry import Target
from harness.clusters.embedded.store import Change, Key
from harness.clusters.embedded.writing import Writer
from harness.objects import Obj

MANAGER = "namespace-controller"
NAMESPACES, ACCOUNTS = ("", "namespaces"), ("", "serviceaccounts")


@dataclass
class Namespaces:
    """`watch` is a listener of the store; `run` does what there is to do, until cancelled."""

    writer: Writer
    #: All collections there are, each with its kind.
    kinds: Callable[[], Mapping[Key, Kind]]
    _dues: Dues[str] = field(default_factory=Dues)

    def watch(self, kind: Key, change: Change) -> None:
        if kind == NAMESPACES and change.type != "DELETED":
            self._dues.add(change.new.name)
        elif change.type == "DELETED" and change.new.namespace:
            self._dues.add(change.new.namespace)

    async def run(self) -> None:
        await self._dues.work(self._look)

    def _look(self, name: str) -> None:
        stored = self.writer.store.get(NAMESPACES, "", name)
        if stored is None:
            return
        if stored.fields.get("status.phase") == "Terminating":
            self._end(name)
        elif self.writer.store.get(ACCOUNTS, name, "default") is None:
            target = Target(self.kinds()[ACCOUNTS], name)
            options = WriteOptions(False, "service-account-controller", "Ignore", False)
            self.writer.create(target, service_account(name, self.writer.now()), options)

    def _end(self, name: str) -> None:
        """Delete all that is in it; once that is gone, let the namespace go."""
        left = False
        for key, kind in self.kinds().items():
            if not kind.namespaced:
                continue
            for stored in self.writer.store.collection(key).in_namespace(name):
                target = Target(kind, name, stored.name)
                if b'"deletionTimestamp"' not in stored.body:
                    delete(self.writer, target, DeleteOptions(policy="Background"))
                left |= self.writer.store.get(key, name, stored.name) is not None
        if not left:
            target = Target(self.kinds()[NAMESPACES], "", name, "finalize")
            self.writer.update(target, _release, MANAGER)


def _release(namespace: Obj) -> None:
    finalizers = namespace.get("spec", {}).get("finalizers") or []
    namespace["spec"] = {"finalizers": [name for name in finalizers if name != "kubernetes"]}
