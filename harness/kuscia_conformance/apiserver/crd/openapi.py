"""Builds the OpenAPI v3 document of a group-version that CustomResourceDefinitions create.

A definition has its own schemas and paths (`published`, `operations`). Descriptions of parameters
and the schemas that all kinds share are copied from the document of apps/v1, called `shared`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from kuscia_conformance.apiserver.crd.operations import META, paths_of, ref, schema_name
from kuscia_conformance.apiserver.crd.published import published_list, published_schema
from kuscia_conformance.apiserver.crd.walking import schema_of
from kuscia_conformance.kube.objects import Obj

#: Groups whose DeleteOptions Kubernetes' server of definitions does not know.
_UNKNOWN_GROUPS = frozenset(
    ("admission.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "imagepolicy.k8s.io")
)


def openapi_of(definition: Obj, version: str, shared: Obj) -> Obj:
    """Returns the document of one definition in one version.

    `shared` is the document of apps/v1.
    """
    return openapi_of_group([definition], version, shared)


def openapi_of_group(definitions: Iterable[Obj], version: str, shared: Obj) -> Obj:
    """Returns the document of one version of a group.

    `definitions` are those of the group. A definition without this version is left out.
    """
    found = [
        (definition, each)
        for definition in definitions
        for each in definition["spec"]["versions"]
        if each["name"] == version
    ]
    own = dict(chain.from_iterable(_schemas(*each, shared) for each in found))
    paths = dict(chain.from_iterable(paths_of(*each, shared) for each in found))
    schemas = {**own, **_shared_schemas([own, paths], shared)}
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes CRD Swagger", "version": "v0.1.0"},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _schemas(definition: Obj, version: Obj, shared: Obj) -> Iterator[tuple[str, Obj]]:
    names, group_version = definition["spec"]["names"], _group_version(definition, version)
    name = schema_name(definition, version, names["kind"])
    status = shared["components"]["schemas"][f"{META}.Status"]
    type_meta = {key: status["properties"][key] for key in ("apiVersion", "kind")}
    schema = published_schema(schema_of(version) or {}, type_meta)
    yield name, {**schema, **_gvk([{**group_version, "kind": names["kind"]}])}
    list_kind = names["listKind"]
    listed = published_list(names, ref(name), type_meta)
    list_name = schema_name(definition, version, list_kind)
    yield list_name, {**listed, **_gvk([{**group_version, "kind": list_kind}])}


def _group_version(definition: Obj, version: Obj) -> Obj:
    return {"group": definition["spec"]["group"], "version": version["name"]}


def _gvk(value: Any) -> Obj:
    return {"x-kubernetes-group-version-kind": value}


def _shared_schemas(documents: Any, shared: Obj) -> dict[str, Obj]:
    """Returns the shared schemas that the documents refer to, directly or indirectly."""
    every, found = shared["components"]["schemas"], dict[str, Obj]()
    wanted = list(_referred(documents))
    while wanted:
        name = wanted.pop()
        if name in every and name not in found:
            found[name] = _known(name, every[name])
            wanted += _referred(every[name])
    return found


def _referred(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _referred(each)


def _known(name: str, schema: Obj) -> Obj:
    """Returns a shared schema in the form that it has in the document of a definition.

    DeleteOptions lists all group-versions. Kubernetes' server of definitions does not know some of
    the groups (`_UNKNOWN_GROUPS`), so they are left out.
    """
    if name != f"{META}.DeleteOptions":
        return schema
    kinds = schema["x-kubernetes-group-version-kind"]
    return {**schema, **_gvk([kind for kind in kinds if kind["group"] not in _UNKNOWN_GROUPS])}
