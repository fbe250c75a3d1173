"""The rows of persistent volumes, their claims, and storage.k8s.io."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kuscia_conformance.apiserver.views.table_columns import (
    AGE,
    NAME,
    UNSET,
    Cell,
    Rows,
    at,
    find,
    flag,
    only,
    row,
    size,
)
from kuscia_conformance.kube.objects import Obj

ACCESS_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}
#: The annotations of the default class, which is for claims that do not name a class.
DEFAULT_CLASSES = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)


def _modes(*path: str) -> Cell:
    return only(lambda obj: ",".join(ACCESS_MODES.get(m, m) for m in find(obj, *path) or ()))


def _if_bound(cell: Cell) -> Cell:
    def shown(claim: Obj, now: datetime) -> Any:
        return cell(claim, now) if find(claim, "spec", "volumeName") else ""

    return shown


def _phase(obj: Obj) -> str:
    deleted = find(obj, "metadata", "deletionTimestamp")
    return "Terminating" if deleted else find(obj, "status", "phase") or ""


def _claim(volume: Obj) -> str:
    claim = find(volume, "spec", "claimRef")
    return f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else ""


def _class_name(storage_class: Obj) -> str:
    annotations = find(storage_class, "metadata", "annotations") or {}
    is_default = any(annotations.get(key) == "true" for key in DEFAULT_CLASSES)
    return f"{find(storage_class, 'metadata', 'name')}{' (default)' if is_default else ''}"


def _audiences(driver: Obj) -> str:
    requests = find(driver, "spec", "tokenRequests") or ()
    return ",".join(request.get("audience", "") for request in requests) or UNSET


ROWS: Rows = {
    ("", "persistentvolumeclaims"): row(
        NAME,
        only(_phase),
        at("spec", "volumeName"),
        _if_bound(at("status", "capacity", "storage")),
        _if_bound(_modes("status", "accessModes")),
        at("spec", "storageClassName"),
        at("spec", "volumeAttributesClassName", default=UNSET),
        AGE,
        at("spec", "volumeMode", default=UNSET),
    ),
    ("", "persistentvolumes"): row(
        NAME,
        at("spec", "capacity", "storage"),
        _modes("spec", "accessModes"),
        at("spec", "persistentVolumeReclaimPolicy"),
        only(_phase),
        only(_claim),
        at("spec", "storageClassName"),
        at("spec", "volumeAttributesClassName", default=UNSET),
        at("status", "reason"),
        AGE,
        at("spec", "volumeMode", default=UNSET),
    ),
    ("storage.k8s.io", "csidrivers"): row(
        NAME,
        only(lambda driver: find(driver, "spec", "attachRequired") is not False),
        flag("spec", "podInfoOnMount"),
        flag("spec", "storageCapacity"),
        only(_audiences),
        flag("spec", "requiresRepublish"),
        only(lambda driver: ",".join(find(driver, "spec", "volumeLifecycleModes") or ())),
        AGE,
    ),
    ("storage.k8s.io", "csinodes"): row(NAME, size(["spec", "drivers"]), AGE),
    ("storage.k8s.io", "storageclasses"): row(
        only(_class_name),
        at("provisioner"),
        at("reclaimPolicy"),
        at("volumeBindingMode"),
        flag("allowVolumeExpansion"),
        AGE,
    ),
    ("storage.k8s.io", "volumeattachments"): row(
        NAME,
        at("spec", "attacher"),
        at("spec", "source", "persistentVolumeName"),
        at("spec", "nodeName"),
        flag("status", "attached"),
        AGE,
    ),
    ("storage.k8s.io", "volumeattributesclasses"): row(NAME, at("driverName"), AGE),
}
