"""Builds the custom kinds of a CustomResourceDefinition (a definition).

A `Kind` is what the rest of the server knows about a resource. A custom kind differs from a
built-in one in that `definition` is set, and that its type comes from the definition's schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from kuscia_conformance.apiserver.apimachinery.kinds import PLAIN, Column, Kind, Strategy
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.crd.walking import schema_of
from kuscia_conformance.apiserver.schema.build import custom_type
from kuscia_conformance.apiserver.views.versions import version_order
from kuscia_conformance.kube.objects import Obj

_VERBS = frozenset(
    ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
)
_AGE = Column(
    name="Age",
    type="date",
    path=".metadata.creationTimestamp",
    description=(
        "CreationTimestamp is a timestamp representing the server time when this object was "
        "created. It is not guaranteed to be set in happens-before order across separate "
        "operations. Clients may not set this value. It is represented in RFC3339 form and is in "
        "UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: "
        "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
        "#metadata"
    ),
)


class SelectableFields(Strategy):
    """The strategy of a kind whose definition has selectableFields.

    Field selectors can then select by these fields, not only by name and namespace.
    """

    def __init__(self, version: Obj) -> None:
        fields = version["selectableFields"]
        self.selectable = tuple(field["jsonPath"].removeprefix(".") for field in fields)

    def fields(self, obj: Obj) -> Mapping[str, str]:
        """Returns the text of each selectable field, "" for an absent one."""
        return {path: _text_at(obj, path.split(".")) for path in self.selectable}


def _text_at(obj: object, names: list[str]) -> str:
    for name in names:
        obj = obj.get(name) if isinstance(obj, dict) else None
    if isinstance(obj, bool):
        return str(obj).lower()
    return "" if obj is None else str(obj)


def kinds_of(definition: Obj, object_meta: Type) -> list[Kind]:
    """Returns one kind for each version that is served.

    `object_meta` is the type of ObjectMeta. The definition must be valid and have its defaults.
    """
    versions = definition["spec"]["versions"]
    served = [version for version in versions if version.get("served")]
    return [_kind(definition, version, object_meta) for version in served]


def _kind(definition: Obj, version: Obj, object_meta: Type) -> Kind:
    spec, names = definition["spec"], definition["spec"]["names"]
    return Kind(
        group=spec["group"],
        version=version["name"],
        plural=names["plural"],
        singular=names["singular"],
        name=names["kind"],
        namespaced=spec["scope"] == "Namespaced",
        list_name=names["listKind"],
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        verbs=_VERBS,
        subresources=frozenset(version.get("subresources") or ()),
        load_type=partial(_type, version, object_meta),
        strategy=SelectableFields(version) if version.get("selectableFields") else PLAIN,
        columns=_columns(version),
        definition=definition,
        deprecation=_deprecation(definition, version),
        stored_version=next(each["name"] for each in spec["versions"] if each.get("storage")),
    )


def _deprecation(definition: Obj, version: Obj) -> str:
    """Returns the warning for clients of a deprecated version; "" if it is not deprecated.

    It is the definition's own text or, as in Kubernetes, a text that names the version to use
    instead.
    """
    if not version.get("deprecated"):
        return ""
    if said := version.get("deprecationWarning"):
        return str(said)
    group, kind = definition["spec"]["group"], definition["spec"]["names"]["kind"]
    text = f"{group}/{version['name']} {kind} is deprecated"
    versions = definition["spec"]["versions"]
    others = [each["name"] for each in versions if each["served"] and not each.get("deprecated")]
    best = min(others, key=version_order, default=version["name"])
    if version_order(best) >= version_order(version["name"]):
        return text
    return f"{text}; use {group}/{best} {kind}"


def _type(version: Obj, object_meta: Type) -> Type:
    return custom_type(schema_of(version) or {}, object_meta)


def _columns(version: Obj) -> tuple[Column, ...]:
    columns = version.get("additionalPrinterColumns") or ()
    return tuple(map(_column, columns)) or (_AGE,)


def _column(column: Obj) -> Column:
    return Column(
        name=column["name"],
        type=column["type"],
        path=column["jsonPath"],
        format=column.get("format", ""),
        description=column.get("description", ""),
        priority=column.get("priority", 0),
    )
