"""PersistentVolumes, claims and StorageClasses: their defaults.

No volumes are provisioned and no claims are bound here.
"""

from __future__ import annotations

from typing import Final

from kuscia_conformance.apiserver.apimachinery.kinds import Context
from kuscia_conformance.apiserver.builtin.pods.defaults import put, put_absent
from kuscia_conformance.apiserver.builtin.split import SplitStrategy, UncountedStrategy
from kuscia_conformance.kube.objects import Obj

_PROTECTION: Final = "kubernetes.io/{}-protection"


class VolumeStrategy(SplitStrategy):
    """The strategy of PersistentVolumes and PersistentVolumeClaims.

    A new object gets the finalizer `kubernetes.io/pv-protection` or `…/pvc-protection`.
    `short_name` is `pv` or `pvc`.
    """

    def __init__(self, short_name: str) -> None:
        super().__init__({"phase": "Pending"}, counts_generations=False)
        self._finalizer = _PROTECTION.format(short_name)

    def default(self, obj: Obj, context: Context) -> None:
        super().default(obj, context)
        spec = obj.setdefault("spec", {})
        put(spec, {"volumeMode": "Filesystem"})
        if obj.get("kind") == "PersistentVolume":
            put(spec, {"persistentVolumeReclaimPolicy": "Retain"})
        if (path := spec.get("hostPath")) is not None:
            put_absent(path, {"type": ""})

    def prepare_create(self, obj: Obj, context: Context) -> None:
        super().prepare_create(obj, context)
        finalizers = obj["metadata"].get("finalizers") or []
        if self._finalizer not in finalizers:
            obj["metadata"]["finalizers"] = [*finalizers, self._finalizer]


class StorageClassStrategy(UncountedStrategy):
    """The strategy of StorageClasses."""

    def default(self, obj: Obj, _context: Context) -> None:
        put(obj, {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"})
