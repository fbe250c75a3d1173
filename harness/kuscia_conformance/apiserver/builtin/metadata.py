"""Validates the metadata of objects of all kinds, built-in and custom.

`validate_metadata` is the entry. It runs on every write, so a valid object must be cheap to check:
each part is only looked at if the object has it, and the rules for labels are cached. Each private
function checks one field and returns a list of FieldErrors, empty if the field is valid.

`NAME_RULES` has the kinds whose names are not DNS subdomains. `names` has the rules themselves. The
messages, their order and their repetitions are those of Kubernetes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    required,
    too_long,
)
from kuscia_conformance.apiserver.builtin.names import (
    Complaints,
    Rule,
    label,
    label_1035,
    label_value,
    longer_than,
    path_segment,
    qualified_name,
    subdomain,
)
from kuscia_conformance.apiserver.builtin.structs import invalid_struct, owner_struct
from kuscia_conformance.kube.objects import Obj

#: The largest size of all annotations together, keys and values, in bytes.
ANNOTATIONS_SIZE: Final = 256 * 1024
#: The message for a field that cannot be changed.
IMMUTABLE: Final = "field is immutable"
#: The finalizers of Kubernetes itself, which need no domain in front.
STANDARD_FINALIZERS: Final = frozenset({"orphan", "foregroundDeletion", "kubernetes"})


def _cron_job(text: str) -> Complaints:
    """Checks a CronJob's name: 52 characters at most, since its Jobs' names have eleven more."""
    return subdomain(text) or longer_than(52, text)


_OWNERS: Final = "metadata.ownerReferences"
_is_api_version: Final = re.compile("([^/]*/)?[^/]+").fullmatch
_RBAC: Final = "rbac.authorization.k8s.io"
_FLOW: Final = "flowcontrol.apiserver.k8s.io"

#: The rule for the names of a kind, by group and plural. All other names are DNS subdomains.
NAME_RULES: Final[Mapping[tuple[str, str], Rule]] = {
    ("", "namespaces"): label,
    ("", "services"): label_1035,
    ("apps", "statefulsets"): label,
    ("batch", "cronjobs"): _cron_job,
    (_RBAC, "roles"): path_segment,
    (_RBAC, "rolebindings"): path_segment,
    (_RBAC, "clusterroles"): path_segment,
    (_RBAC, "clusterrolebindings"): path_segment,
    (_FLOW, "flowschemas"): path_segment,
    (_FLOW, "prioritylevelconfigurations"): path_segment,
}


def validate_metadata(obj: Obj, old: Obj | None, kind: Kind) -> list[FieldError]:
    """Returns all errors in an object's metadata; `old` is the object before (None: it is new).

    On an update the list has duplicates: Kubernetes validates the metadata in several layers, and
    each layer reports the errors that it finds. The causes in the answer list them all.
    """
    meta = obj["metadata"]
    causes: list[FieldError] = []
    if labels := meta.get("labels"):
        causes += validate_labels(labels, "metadata.labels")
    if annotations := meta.get("annotations"):
        causes += validate_annotations(annotations)
    if owners := meta.get("ownerReferences"):
        causes += _owners(owners)
    # On an update Kubernetes' layers repeat errors: of changes twice, of most fields three times.
    if old is None:
        causes = _own(meta, kind) + causes
    else:
        causes = _changed(meta, old["metadata"]) * 2 + causes * 3
    if finalizers := meta.get("finalizers"):
        causes += _finalizers(finalizers)
        causes += [] if kind.is_custom else _ours(finalizers)
    return causes


def invalid_all(field: str, value: Any, complaints: Complaints) -> list[FieldError]:
    """Returns one FieldError (FieldValueInvalid) for each complaint about a value."""
    return [invalid_value(field, value, said) for said in complaints]


def validate_labels(labels: Mapping[str, str], field: str) -> list[FieldError]:
    """Returns the errors in the keys and values of labels; `field` is their path in the object.

    Also used for maps that follow the same rules, such as a pod's nodeSelector.
    """
    causes: list[FieldError] = []
    for key, value in labels.items():
        if said := qualified_name(key):
            causes += invalid_all(field, key, said)
        if said := label_value(value):
            causes += invalid_all(field, value, said)
    return causes


def _own(meta: Obj, kind: Kind) -> list[FieldError]:
    """Returns errors in what is only checked in a new object: name, namespace, generation."""
    rule = NAME_RULES.get((kind.group, kind.plural), subdomain)
    causes = _prefix(meta, rule)
    name = meta.get("name", "")
    if not name:
        causes.append(required("metadata.name", "name or generateName is required"))
    elif said := rule(name):
        causes += invalid_all("metadata.name", name, said)
    causes += _namespace(meta.get("namespace", ""), kind)
    if meta.get("generation", 0) < 0:
        too_low = "must be greater than or equal to 0"
        causes.append(invalid_value("metadata.generation", meta["generation"], too_low))
    return causes


def _prefix(meta: Obj, rule: Rule) -> list[FieldError]:
    """Checks generateName without its final dash, because a suffix will follow the dash.

    As in Kubernetes, an `a` replaces the dash and the character before it.
    """
    prefix = meta.get("generateName", "")
    if not prefix:
        return []
    masked = prefix[:-2] + "a" if len(prefix) > 1 and prefix.endswith("-") else prefix
    return invalid_all("metadata.generateName", prefix, rule(masked))


def _namespace(namespace: str, kind: Kind) -> list[FieldError]:
    field = "metadata.namespace"
    if not kind.namespaced:
        return [forbidden_field(field, "not allowed on this type")] if namespace else []
    return invalid_all(field, namespace, label(namespace)) if namespace else [required(field)]


def validate_annotations(annotations: Mapping[str, str]) -> list[FieldError]:
    """Returns the errors in the keys of annotations, and in the size of all of them."""
    field, causes, characters = "metadata.annotations", [], 0
    for key, value in annotations.items():
        characters += len(key) + len(value)
        if said := qualified_name(key if key.islower() else _lowered_prefix(key)):
            causes += invalid_all(field, key, said)
    # A character has at most four bytes, so few annotations must be counted byte by byte.
    if characters * 4 > ANNOTATIONS_SIZE:
        size = sum(len((key + value).encode()) for key, value in annotations.items())
        causes += [too_long(field, ANNOTATIONS_SIZE)] if size > ANNOTATIONS_SIZE else []
    return causes


def _lowered_prefix(key: str) -> str:
    """Returns the key with its prefix in lower case: capitals are allowed there in annotations."""
    prefix, slash, name = key.rpartition("/")
    return prefix.lower() + slash + name


def _owners(owners: list[Obj]) -> list[FieldError]:
    causes: list[FieldError] = []
    for owner in owners:
        causes += _owner(owner)
    if len(owners) > 1:
        causes += _controllers(owners)
    return causes


def _controllers(owners: list[Obj]) -> list[FieldError]:
    """Returns an error for each owner after the first that is marked as the controller."""
    said = 'Only one reference can have Controller set to true. Found "true" in references for'
    controllers = [owner for owner in owners if owner.get("controller")]
    shown = [owner_struct(owner) for owner in owners]
    return [
        invalid_struct(_OWNERS, shown, f"{said} {_shown(controllers[0])} and {_shown(other)}")
        for other in controllers[1:]
    ]


def _shown(owner: Obj) -> str:
    return f"{owner.get('kind', '')}/{owner.get('name', '')}"


def _owner(owner: Obj) -> list[FieldError]:
    version, causes = owner.get("apiVersion", ""), []
    if not _is_api_version(version):
        said = "version must not be empty"
        causes.append(invalid_value(f"{_OWNERS}.apiVersion", version, said))
    causes += [
        invalid_value(f"{_OWNERS}.{key}", "", "must not be empty")
        for key in ("kind", "name", "uid")
        if not owner.get(key)
    ]
    if version == "v1" and owner.get("kind") == "Event":
        said = "/v1, Kind=Event is disallowed from being an owner"
        causes.append(invalid_struct(_OWNERS, owner_struct(owner), said))
    return causes


def _finalizers(finalizers: list[str]) -> list[FieldError]:
    causes: list[FieldError] = []
    for finalizer in finalizers:
        if said := qualified_name(finalizer):
            causes += invalid_all("metadata.finalizers", finalizer, said)
    if "orphan" in finalizers and "foregroundDeletion" in finalizers:
        said_both = "finalizer orphan and foregroundDeletion cannot be both set"
        causes.append(invalid_value("metadata.finalizers", finalizers, said_both))
    return causes


def _ours(finalizers: list[str]) -> list[FieldError]:
    """Checks the finalizers of a built-in kind: those without a domain must be standard ones."""
    causes: list[FieldError] = []
    for index, finalizer in enumerate(finalizers):
        if "/" not in finalizer:
            causes += validate_finalizer(finalizer, f"metadata.finalizers[{index}]")
    return causes


def validate_finalizer(finalizer: str, field: str) -> list[FieldError]:
    """Returns an error if a finalizer has no domain and is not one of STANDARD_FINALIZERS.

    `field` is the path that the error names.
    """
    if "/" in finalizer or finalizer in STANDARD_FINALIZERS:
        return []
    said = "name is neither a standard finalizer name nor is it fully qualified"
    return [invalid_value(field, finalizer, said)]


#: The fields of metadata that a writer may not change.
_FIXED: Final = (
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)


def _changed(meta: Obj, old: Obj) -> list[FieldError]:
    """Returns errors for forbidden changes: fixed fields, finalizers added during the deletion."""
    causes = [
        invalid_value(f"metadata.{key}", meta.get(key), IMMUTABLE)
        for key in _FIXED
        if meta.get(key) != old.get(key)
    ]
    if old.get("deletionTimestamp") and (finalizers := meta.get("finalizers")):
        causes += _new_finalizers(finalizers, old.get("finalizers") or [])
    return causes


def _new_finalizers(finalizers: list[str], old: list[str]) -> list[FieldError]:
    new = sorted(set(finalizers) - set(old))
    if not new:
        return []
    said = "no new finalizers can be added if the object is being deleted, found new finalizers"
    listed = ", ".join(f'"{finalizer}"' for finalizer in new)
    return [forbidden_field("metadata.finalizers", f"{said} []string{{{listed}}}")]
