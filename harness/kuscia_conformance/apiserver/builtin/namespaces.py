"""Namespaces: the finalizer `kubernetes`, the phase, and the label that has the name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden,
    invalid_value,
)
from kuscia_conformance.apiserver.builtin.metadata import validate_finalizer
from kuscia_conformance.kube.objects import Obj

_NAME_LABEL: Final = "kubernetes.io/metadata.name"
_FINALIZER: Final = "kubernetes"
#: Namespaces that cannot be deleted, because every cluster needs them.
_IMMORTAL: Final = ("default", "kube-system", "kube-public")


class NamespaceStrategy(Strategy):
    """The strategy of namespaces.

    `/finalize` changes spec.finalizers, and only `/status` changes the status. `prepare_delete`
    raises a StatusError (403) for a namespace that cannot be deleted.
    """

    counts_generations = False
    selectable = ("status.phase",)

    def default(self, obj: Obj, _context: Context) -> None:
        obj.setdefault("spec", {})
        metadata = obj["metadata"]
        if name := metadata.get("name"):
            metadata["labels"] = {**(metadata.get("labels") or {}), _NAME_LABEL: name}

    def prepare_create(self, obj: Obj, context: Context) -> None:
        self.default(obj, context)  # again, because a generated name is known only now
        finalizers = obj["spec"].get("finalizers") or []
        if _FINALIZER not in finalizers:
            obj["spec"]["finalizers"] = [*finalizers, _FINALIZER]
        obj["status"] = {"phase": "Active"}

    def prepare_update(self, obj: Obj, old: Obj, sub: str, _context: Context) -> None:
        if sub != "finalize":
            obj["spec"] = old.get("spec", {})
        elif not obj["spec"].get("finalizers"):
            obj["spec"].pop("finalizers", None)
        if sub != "status":
            obj["status"] = old.get("status", {})

    def validate(self, obj: Obj, old: Obj | None, sub: str) -> list[FieldError]:
        causes: list[FieldError] = []
        for index, finalizer in enumerate(obj["spec"].get("finalizers") or ()):
            field = f"spec.finalizers[{index}]" if sub == "finalize" else "spec.finalizers"
            causes += validate_finalizer(finalizer, field)
        return causes + (_phase(obj) if sub == "status" and old is not None else [])

    def prepare_delete(self, obj: Obj, _context: Context) -> None:
        name = obj["metadata"]["name"]
        if name in _IMMORTAL:
            raise forbidden("", "namespaces", name, "this namespace may not be deleted")
        obj.setdefault("status", {})["phase"] = "Terminating"

    def is_held(self, obj: Obj) -> bool:
        """Returns whether spec.finalizers hold the namespace; see `controllers.namespaces`."""
        return bool((obj.get("spec") or {}).get("finalizers"))

    def fields(self, obj: Obj) -> Mapping[str, str]:
        return {"status.phase": (obj.get("status") or {}).get("phase", "")}


def _phase(obj: Obj) -> list[FieldError]:
    """Checks that the phase is Terminating if, and only if, the namespace is being deleted."""
    phase = (obj.get("status") or {}).get("phase", "")
    deleted = "deletionTimestamp" in obj["metadata"]
    if deleted and phase != "Terminating":
        said = "may only be 'Terminating' if `deletionTimestamp` is not empty"
    elif not deleted and phase != "Active":
        said = "may only be 'Active' if `deletionTimestamp` is empty"
    else:
        return []
    return [invalid_value("status.Phase", phase, said)]
