"""Validates a CustomResourceDefinition, in the server's order and words.

If all versions have the same part (schema, columns, …), Kubernetes reports its errors once, under a
path above the versions: `spec.validation`, not `spec.versions[0].schema`. `_ABOVE` has these names.
Parts that differ are checked for each version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.crd.approval import approval_causes
from kuscia_conformance.apiserver.crd.naming import (
    group_causes,
    label_causes,
    names_causes,
    required_names,
)
from kuscia_conformance.apiserver.crd.parts import (
    column_causes,
    deprecation_causes,
    has_status,
    scale_causes,
    selectable_causes,
)
from kuscia_conformance.apiserver.crd.schemas import schema_causes
from kuscia_conformance.apiserver.crd.unsupported import unsupported_causes
from kuscia_conformance.apiserver.crd.walking import schema_of
from kuscia_conformance.kube.objects import Obj

_ABOVE = {
    "schema": "validation",
    "subresources": "subresources",
    "additionalPrinterColumns": "additionalPrinterColumns",
    "selectableFields": "selectableFields",
}
_IMMUTABLE = "field is immutable"
_NO_PRESERVING = (
    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
    "spec.versions[*].schema instead"
)


def validate_definition(obj: Obj, old: Obj | None = None) -> list[FieldError]:
    """Returns the errors in a definition that has its defaults.

    `old` is the stored definition, or None for a new one. Metadata is checked elsewhere, except the
    name of a new definition, which must be `<plural>.<group>`, and the annotation of `approval`.
    """
    spec = obj["spec"]
    return [
        *(_name_causes(obj) if old is None else ()),
        *_spec_causes(spec),
        *(_change_causes(spec, old) if old else ()),
        *validate_definition_status(obj),
        *_stored_causes(obj.get("status") or {}, _versions(spec)),
        *approval_causes(obj),
        *_preserving_causes(spec),
        *unsupported_causes(spec),
    ]


def validate_definition_status(obj: Obj) -> list[FieldError]:
    """Returns the errors in a status.

    A write of the status subresource is checked only by this function.
    """
    accepted = (obj.get("status") or {}).get("acceptedNames") or {}
    return list(names_causes(accepted, "status.acceptedNames"))


def _name_causes(obj: Obj) -> Iterator[FieldError]:
    name, spec = obj["metadata"].get("name"), obj["spec"]
    if name != f"{spec['names'].get('plural', '')}.{spec.get('group', '')}":
        wanted = 'must be spec.names.plural+"."+spec.group'
        yield invalid_value("metadata.name", name, wanted)


def _spec_causes(spec: Obj) -> Iterator[FieldError]:
    versions = _versions(spec)
    alike = [key for key in _ABOVE if _are_alike(versions, key)]
    yield from group_causes(spec.get("group") or "", "spec.group")
    yield from _choice(spec.get("scope"), "spec.scope", ("Cluster", "Namespaced"))
    for index, version in enumerate(versions):
        if schema_of(version) is None:
            yield required(f"spec.versions[{index}].schema.openAPIV3Schema")
    for index, version in enumerate(versions):
        path = f"spec.versions[{index}]"
        yield from label_causes(version.get("name") or "", f"{path}.name")
        yield from deprecation_causes(version, path)
        places = {key: f"{path}.{key}" for key in _ABOVE if key not in alike}
        yield from _part_causes(version, places, has_status=has_status(version))
    yield from _versions_causes(spec)
    yield from required_names(spec["names"], "spec.names")
    yield from names_causes(spec["names"], "spec.names")
    if versions:
        places = {key: f"spec.{_ABOVE[key]}" for key in alike}
        yield from _part_causes(versions[0], places, has_status=any(map(has_status, versions)))
    yield from _conversion_causes(spec["conversion"])


def _versions(spec: Obj) -> list[Obj]:
    return spec.get("versions") or []


def _are_alike(versions: list[Obj], key: str) -> bool:
    """Checks whether a part is the same in all versions, or absent in all."""
    return all(version.get(key) == versions[0].get(key) for version in versions)


def _part_causes(
    version: Obj, places: Mapping[str, str], *, has_status: bool
) -> Iterator[FieldError]:
    """Yields the errors in some parts of a version; `places` has the parts and their paths."""
    schema = schema_of(version)
    if "schema" in places and schema is not None:
        path = f"{places['schema']}.openAPIV3Schema"
        yield from schema_causes(schema, path, has_status=has_status)
    if "subresources" in places:
        yield from scale_causes(version, f"{places['subresources']}.scale")
    if "additionalPrinterColumns" in places:
        yield from column_causes(version, places["additionalPrinterColumns"])
    if "selectableFields" in places:
        yield from selectable_causes(version, places["selectableFields"])


def _versions_causes(spec: Obj) -> Iterator[FieldError]:
    versions = _versions(spec)
    names = [version.get("name") or "" for version in versions]
    if len(set(names)) != len(names):
        yield invalid_value("spec.versions", versions, "must contain unique version names")
    if sum(bool(version.get("storage")) for version in versions) != 1:
        one = "must have exactly one version marked as storage version"
        yield invalid_value("spec.versions", spec.get("versions"), one)
    if names and names[0]:
        # The server has a field `spec.version` with the first version's name, and checks it too.
        yield from label_causes(names[0], "spec.version")


def _choice(value: str | None, path: str, choices: tuple[str, ...]) -> Iterator[FieldError]:
    if not value:
        yield required(path)
    elif value not in choices:
        yield not_supported(path, value, choices)


def _conversion_causes(conversion: Obj) -> Iterator[FieldError]:
    """Yields the errors in the conversion: only the strategy Webhook needs and allows a webhook."""
    path, webhook = "spec.conversion", conversion.get("webhook") or {}
    client, reviews = webhook.get("clientConfig"), webhook.get("conversionReviewVersions")
    yield from _choice(conversion.get("strategy"), f"{path}.strategy", ("None", "Webhook"))
    if conversion.get("strategy") == "Webhook":
        if not client:
            wanted = "required when strategy is set to Webhook"
            yield required(f"{path}.webhookClientConfig", wanted)
        if not reviews:
            yield required(f"{path}.conversionReviewVersions")
        return
    unused = "should not be set when strategy is not set to Webhook"
    if client:
        yield forbidden_field(f"{path}.webhookClientConfig", unused)
    if reviews:
        yield forbidden_field(f"{path}.conversionReviewVersions", unused)


def _change_causes(spec: Obj, old: Obj) -> Iterator[FieldError]:
    """Yields the fields that must not change.

    The group and the plural never change, because objects are stored by them. The scope and the
    kind do not change once the definition is established.
    """
    before = old["spec"]
    conditions = old["status"].get("conditions") or ()
    if any(each["type"] == "Established" and each["status"] == "True" for each in conditions):
        yield from _kept(spec, before, "scope", "spec")
        yield from _kept(spec["names"], before["names"], "kind", "spec.names")
    yield from _kept(spec, before, "group", "spec")
    yield from _kept(spec["names"], before["names"], "plural", "spec.names")


def _kept(new: Obj, old: Obj, key: str, path: str) -> Iterator[FieldError]:
    if new.get(key) != old.get(key):
        yield invalid_value(f"{path}.{key}", new.get(key, ""), _IMMUTABLE)


def _stored_causes(status: Obj, versions: list[Obj]) -> Iterator[FieldError]:
    """Yields the errors in storedVersions.

    The storage version must be in it, and each of its versions must still be in the spec: objects
    may be stored in that version.
    """
    path, stored = "status.storedVersions", status.get("storedVersions")
    names = [version.get("name") for version in versions]
    if not stored:
        yield invalid_value(path, stored, "must have at least one stored version")
        return
    for version in versions:
        if version.get("storage") and version.get("name") not in stored:
            missing = f"must have the storage version {version.get('name')}"
            yield invalid_value(path, stored, missing)
    for index, name in enumerate(stored):
        if name not in names:
            yield invalid_value(f"{path}[{index}]", name, _gone(name))


def _gone(name: str) -> str:
    return (
        f"missing from spec.versions; {name} was previously a storage version, and must remain in "
        f"spec.versions until a storage migration ensures no data remains persisted in {name} and "
        f"removes {name} from status.storedVersions"
    )


def _preserving_causes(spec: Mapping[str, Any]) -> Iterator[FieldError]:
    if spec.get("preserveUnknownFields"):
        yield invalid_value("spec.preserveUnknownFields", True, _NO_PRESERVING)
