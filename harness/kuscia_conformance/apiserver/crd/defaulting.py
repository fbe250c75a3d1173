"""Defaults of a CustomResourceDefinition, and the status that it has when it is written."""

from __future__ import annotations

from typing import Any

from kuscia_conformance.apiserver.crd.walking import everywhere, schema_of
from kuscia_conformance.kube.objects import Obj


def default_definition(obj: Obj) -> None:
    """Fills in defaults in place: names, the conversion, and storedVersions.

    It runs on each create, replace and patch, before `prepare_definition` and validation.
    """
    spec = obj.setdefault("spec", {})
    _default_names(spec.setdefault("names", {}))
    spec.setdefault("conversion", {"strategy": "None"})
    _drop_nothing(spec)
    status = obj.setdefault("status", {})
    status["storedVersions"] = status.get("storedVersions") or _storage_versions(obj)


def prepare_definition(obj: Obj, old: Obj | None = None) -> None:
    """Replaces the status by the stored one, and adds the storage version to it.

    A status in the body is ignored. A new definition, without `old`, gets an empty status.
    """
    empty = {"conditions": None, "acceptedNames": {"plural": "", "kind": ""}}
    status = dict(old["status"]) if old else empty
    stored: list[str] = list(status.get("storedVersions") or ())
    new = [version for version in _storage_versions(obj) if version not in stored]
    obj["status"] = {**status, "storedVersions": stored + new or None}


def _default_names(names: Obj) -> None:
    kind = names.get("kind") or ""
    names["singular"] = names.get("singular") or kind.lower()
    names["listKind"] = names.get("listKind") or (f"{kind}List" if kind else "")


def _drop_nothing(spec: Obj) -> None:
    """Drops nulls in schemas and preserveUnknownFields: false, which are not stored."""
    if not spec.get("preserveUnknownFields"):
        spec.pop("preserveUnknownFields", None)
    for version in spec.get("versions") or ():
        schema = schema_of(version)
        for _, each in everywhere(schema) if schema else ():
            for key in [key for key, value in each.items() if value is None]:
                del each[key]


def _storage_versions(obj: Obj) -> list[Any]:
    """Returns the name of the first version with `storage: true`, as a list; or []."""
    versions = obj["spec"].get("versions") or ()
    return [version.get("name") for version in versions if version.get("storage")][:1]
