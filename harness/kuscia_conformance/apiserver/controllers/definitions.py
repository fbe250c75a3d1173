"""The controller of CustomResourceDefinitions.

It sets their status, registers their kinds, and deletes their objects before a definition goes. The
rules for the content of a definition are in `crd`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver.apimachinery.kinds import Context, Kind, Strategy
from kuscia_conformance.apiserver.apimachinery.registry import Registry, Target
from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError, StatusError
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.crd import (
    default_definition,
    installing,
    kinds_of,
    openapi_of_group,
    prepare_definition,
    status_of,
    validate_definition,
    validate_definition_status,
)
from kuscia_conformance.apiserver.schema import type_of
from kuscia_conformance.apiserver.storage.store import Change, Key, Stored
from kuscia_conformance.apiserver.views.openapi import Document, as_document
from kuscia_conformance.apiserver.writes.delete import delete
from kuscia_conformance.apiserver.writes.options import DeleteOptions
from kuscia_conformance.apiserver.writes.update import update
from kuscia_conformance.apiserver.writes.writer import Writer
from kuscia_conformance.kube.objects import Obj, condition_of, time_text
from kuscia_conformance.kube.workqueue import WorkQueue

DEFINITIONS: Key = ("apiextensions.k8s.io", "customresourcedefinitions")
CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
MANAGER = "kube-apiserver"


class DefinitionStrategy(Strategy):
    """The strategy of CustomResourceDefinitions; the rules are in `crd`."""

    def default(self, obj: Obj, context: Context) -> None:
        default_definition(obj)

    def prepare_create(self, obj: Obj, context: Context) -> None:
        prepare_definition(obj)

    def prepare_update(self, obj: Obj, old: Obj, sub: str, context: Context) -> None:
        if sub == "status":
            obj["spec"] = old["spec"]
        else:
            prepare_definition(obj, old)

    def validate(self, obj: Obj, old: Obj | None, sub: str) -> list[FieldError]:
        if sub == "status":
            return validate_definition_status(obj)
        return validate_definition(obj, old)

    def prepare_delete(self, obj: Obj, context: Context) -> None:
        """Adds a finalizer, because `Definitions` deletes the objects first."""
        finalizers = obj["metadata"].setdefault("finalizers", [])
        if CLEANUP not in finalizers:
            finalizers.append(CLEANUP)
        status = obj.setdefault("status", {})
        status["conditions"] = [
            *(status.get("conditions") or []),
            {
                "type": "Terminating",
                "status": "True",
                "lastTransitionTime": time_text(context.now),
                "reason": "InstanceDeletionPending",
                "message": "CustomResourceDefinition marked for deletion; CustomResource "
                "deletion will begin soon",
            },
        ]


@cache
def object_meta() -> Type:
    """Returns the type of every object's metadata."""
    components = data.components("", "v1")
    name = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    return type_of(components[name], components)


@dataclass
class Definitions:
    """The controller: `watch` listens to the store; `run` works until it is cancelled."""

    writer: Writer
    registry: Registry
    _due: WorkQueue[str] = field(default_factory=lambda: WorkQueue(StatusError))
    #: The names of definitions whose objects are being deleted, by collection.
    _ending: dict[Key, str] = field(default_factory=dict)
    #: The OpenAPI documents, until a definition changes.
    _documents: Mapping[str, Document] | None = None

    def watch(self, kind: Key, change: Change) -> None:
        """Adds the definitions that a change affects to the queue."""
        if kind == DEFINITIONS:
            if change.type == "DELETED":
                self._withdraw(change.new.object())
                # The deleted definition's names are free now; other definitions may want them.
                self._due.add(*(stored.name for _, stored in self._stored()))
            else:
                self._due.add(change.new.name)
        elif change.type == "DELETED" and kind in self._ending:
            self._due.add(self._ending[kind])

    async def run(self) -> None:
        """Processes the queue until it is cancelled."""
        await self._due.work(self._look)

    def all(self) -> list[Obj]:
        """Returns every definition, as copies."""
        return [stored.object() for _, stored in self._stored()]

    def _stored(self) -> Iterable[tuple[Key, Stored]]:
        return self.writer.store.collection(DEFINITIONS).objects.items()

    def _look(self, name: str) -> None:
        stored = self.writer.store.get(DEFINITIONS, "", name)
        if stored is None:
            return
        definition = stored.object()
        if "deletionTimestamp" in definition["metadata"]:
            self._end(definition)
            return
        others = [each for each in self.all() if each["metadata"]["name"] != name]
        status = status_of(definition, others, time_text(self.writer.now()))
        target = Target(self._kind(), "", name, "status")
        for each in (installing(definition, status), status):
            update(self.writer, target, partial(_tell, each), MANAGER)
        self._serve({**definition, "status": status})

    def documents(self) -> Mapping[str, Document]:
        """Returns the OpenAPI of each group-version of a custom kind, by its path."""
        if self._documents is None:
            served = {(kind.group, kind.version) for kind in self.registry.all() if kind.is_custom}
            self._documents = {
                data.api_path(group, version): self._document(group, version)
                for group, version in served
            }
        return self._documents

    def _document(self, group: str, version: str) -> Document:
        shared = data.openapi("apps", "v1")
        openapi = openapi_of_group(self._of_group(group), version, shared)
        if data.api_path(group, version) in data.openapi_paths():
            openapi = _joined(data.openapi(group, version), openapi)
        return as_document(openapi)

    def _of_group(self, group: str) -> list[Obj]:
        return [each for each in self.all() if each["spec"]["group"] == group]

    def _kind(self) -> Kind:
        return self.registry.collections()[DEFINITIONS]

    def _serve(self, definition: Obj) -> None:
        condition = condition_of(definition, "Established") or {}
        if condition.get("status") == "True":
            self._withdraw(definition)
            self.registry.add(kinds_of(definition, object_meta()))
            self._documents = None

    def _withdraw(self, definition: Obj) -> None:
        spec = definition["spec"]
        self.registry.remove(spec["group"], spec["names"]["plural"])
        self._documents = None

    def _end(self, definition: Obj) -> None:
        """Deletes the definition's objects. Once they are gone, removes its finalizer."""
        spec, name = definition["spec"], definition["metadata"]["name"]
        key = (spec["group"], spec["names"]["plural"])
        self._ending[key] = name
        kind = self.registry.collections().get(key)
        for stored in list(self.writer.store.collection(key).objects.values()):
            if kind is not None and b'"deletionTimestamp"' not in stored.body:
                delete(self.writer, Target(kind, *stored.key), DeleteOptions())
        if not self.writer.store.collection(key).objects:
            del self._ending[key]
            update(self.writer, Target(self._kind(), "", name), _release, MANAGER)


def _joined(built_in: Obj, custom: Obj) -> Obj:
    """Returns the OpenAPI document of a group-version that has built-in and custom kinds."""
    schemas = built_in["components"]["schemas"] | custom["components"]["schemas"]
    return {
        **built_in,
        "paths": dict(sorted((built_in["paths"] | custom["paths"]).items())),
        "components": {**built_in["components"], "schemas": dict(sorted(schemas.items()))},
    }


def _tell(status: Obj, definition: Obj) -> None:
    definition["status"] = status


def _release(definition: Obj) -> None:
    metadata = definition["metadata"]
    metadata["finalizers"] = [name for name in metadata["finalizers"] if name != CLEANUP]
