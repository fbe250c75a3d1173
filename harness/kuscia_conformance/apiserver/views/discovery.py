"""Discovery documents: /api, /apis and all below them, and the aggregated form of both.

The documents are made from the `Kind`s that are registered. There are two sources:

| kind     | source of its resources                                                       |
| -------- | ----------------------------------------------------------------------------- |
| built in | `Kind.discovered`: what a kube-apiserver has said, recorded in `data`         |
| custom   | the definition (CustomResourceDefinition), in the form that Kubernetes uses   |

`built_in_kinds` also creates the built-in `Kind`s from the recorded documents. The order of groups,
versions and resources is that of Kubernetes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import groupby
from typing import Any

import orjson

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver.apimachinery.kinds import PLAIN, Kind, Strategy
from kuscia_conformance.apiserver.apimachinery.types import ANY, Type
from kuscia_conformance.apiserver.schema.build import type_of
from kuscia_conformance.apiserver.views.versions import version_order
from kuscia_conformance.kube.objects import Obj

#: The verbs of custom kinds, in the order in which Kubernetes lists them.
VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
OF_SUBRESOURCES = ("get", "patch", "update")
#: The kind of the subresource `scale`, which is not the kind of its resource.
SCALE = {"group": "autoscaling", "version": "v1", "kind": "Scale"}

#: The media type of the aggregated form. Kubernetes has stopped serving v2beta1.
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def built_in_kinds(strategies: Mapping[tuple[str, str], Strategy]) -> list[Kind]:
    """Returns Kubernetes' own kinds, each in every version that is served.

    `strategies` has the rules of kinds, by group and plural; other kinds have none (`PLAIN`).
    """
    return [
        _built_in(of_version["groupVersion"], list(resources), strategies)
        for of_version in data.discovery()
        for _, resources in groupby(of_version["resources"], key=_parent)
    ]


def _parent(resource: Obj) -> str:
    return str(resource["name"]).partition("/")[0]


def _built_in(
    group_version: str, resources: list[Obj], strategies: Mapping[tuple[str, str], Strategy]
) -> Kind:
    [own, *below] = resources
    group, _, version = group_version.rpartition("/")
    return Kind(
        group=group,
        version=version,
        plural=own["name"],
        singular=own["singularName"],
        name=own["kind"],
        namespaced=own["namespaced"],
        list_name=f"{own['kind']}List" if "list" in own["verbs"] else "",
        short_names=tuple(own.get("shortNames", ())),
        categories=tuple(own.get("categories", ())),
        verbs=frozenset(own["verbs"]),
        subresources=frozenset(sub["name"].partition("/")[2] for sub in below),
        load_type=partial(_type, group, version, own["kind"]),
        strategy=strategies.get((group, own["name"]), PLAIN),
        stored_as=("", "events") if group == "events.k8s.io" else None,
        discovered=tuple(resources),
    )


def _type(group: str, version: str, name: str) -> Type:
    components = data.components(group, version)
    wanted = {"group": group, "version": version, "kind": name}
    for component, schema in components.items():
        if wanted in schema.get("x-kubernetes-group-version-kind", ()):
            reference = {"$ref": f"#/components/schemas/{component}"}
            return type_of(reference, components, _types_built(group, version))
    return ANY


@cache
def _types_built(group: str, version: str) -> dict[str, Type]:
    """Returns the cache of `type_of` for a group-version: its kinds share most types."""
    return {}


def api_versions(address: str) -> Obj:
    """Returns the document of /api; `address` is the server's HOST:PORT."""
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}


def api_group_list(kinds: Collection[Kind]) -> Obj:
    """Returns the document of /apis: all groups and their versions."""
    custom = {kind.group for kind in kinds if kind.is_custom}
    served = [(group, list(versions)) for group, versions in _served(kinds) if group]
    served.sort(key=lambda each: _first_service(*each) if each[0] in custom else "")
    groups = [_group(group, versions) for group, versions in served]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def _first_service(group: str, versions: Iterable[str]) -> str:
    """Returns the key by which Kubernetes orders custom groups in /apis.

    This is the first of the names of their APIServices.
    """
    return min(f"{version}.{group}" for version in versions)


def api_group(kinds: Iterable[Kind], group: str) -> Obj | None:
    """Returns the document of /apis/GROUP; None if the group is not served."""
    for name, versions in _served(kinds):
        if name == group:
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(group, versions)}
    return None


def api_resource_list(kinds: Iterable[Kind], group: str, version: str) -> Obj | None:
    """Returns the document of /api/v1 or /apis/GROUP/VERSION; None if it is not served."""
    served = [kind for kind in kinds if (kind.group, kind.version) == (group, version)]
    if not served:
        return None
    head = {"kind": "APIResourceList"} | ({"apiVersion": "v1"} if group else {})
    resources = [resource for kind in served for resource in _resources(kind)]
    return {**head, "groupVersion": data.group_version(group, version), "resources": resources}


def aggregated(kinds: Iterable[Kind], *, core: bool) -> Obj:
    """Returns /api (if `core`) or /apis with all below it, as an APIGroupDiscoveryList."""
    items = [
        {
            "metadata": {"name": group} if group else {},
            "versions": [_aggregated_version(version, of) for version, of in versions.items()],
        }
        for group, versions in _served(kinds)
        if core == (not group)
    ]
    head = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2"}
    return {**head, "metadata": {}, "items": items}


def etag(aggregated: Obj) -> str:
    """Returns the ETag of an aggregated list, with its quotes; it depends on the contents only."""
    hashed = {"metadata": aggregated["metadata"], "items": aggregated["items"]}
    return f'"{hashlib.sha512(orjson.dumps(hashed)).hexdigest().upper()}"'


def _served(kinds: Iterable[Kind]) -> list[tuple[str, dict[str, list[Kind]]]]:
    """Returns groups and their versions in the order of the server: built-in groups are first."""
    groups: dict[str, dict[str, list[Kind]]] = {}
    for kind in sorted(kinds, key=_place):
        groups.setdefault(kind.group, {}).setdefault(kind.version, []).append(kind)
    return list(groups.items())


def _place(kind: Kind) -> Any:
    """Returns the sort key of a kind. Built-in kinds keep their order."""
    return (1, kind.group, version_order(kind.version), kind.plural) if kind.is_custom else (0,)


def _group(group: str, versions: Iterable[str]) -> Obj:
    served = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": served, "preferredVersion": served[0]}


def _resources(kind: Kind) -> Iterator[Mapping[str, Any]]:
    """Yields the APIResources of a kind: its own, and those of its subresources."""
    if kind.discovered:
        yield from kind.discovered
        return
    about = {"namespaced": kind.namespaced, "kind": kind.name}
    yield {
        "name": kind.plural,
        "singularName": kind.singular,
        **about,
        "verbs": list(VERBS),
        **({"shortNames": list(kind.short_names)} if kind.short_names else {}),
        **({"categories": list(kind.categories)} if kind.categories else {}),
        "storageVersionHash": storage_version_hash(kind),
    }
    for sub in ("status", "scale"):
        if sub in kind.subresources:
            whose = SCALE if sub == "scale" else {}
            name = {"name": f"{kind.plural}/{sub}", "singularName": ""}
            yield {**name, **about, **whose, "verbs": list(OF_SUBRESOURCES)}


def storage_version_hash(kind: Kind) -> str:
    """Returns the hash that Kubernetes makes from group, stored version and kind.

    It has eight bytes of a SHA-256, in base64. Only custom kinds need it: those of built-in kinds
    are recorded.
    """
    stored = f"{kind.group}/{kind.stored_version or kind.version}/{kind.name}"
    return base64.b64encode(hashlib.sha256(stored.encode()).digest()[:8]).decode()


def _aggregated_version(version: str, kinds: Iterable[Kind]) -> Obj:
    resources = [_aggregated_kind(kind) for kind in kinds]
    return {"version": version, "resources": resources, "freshness": "Current"}


def _aggregated_kind(kind: Kind) -> Obj:
    [own, *below] = _resources(kind)
    names = ("shortNames", "categories")
    return {
        "resource": own["name"],
        "responseKind": _response_kind(kind, own),
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": own["singularName"],
        "verbs": own["verbs"],
        **{name: own[name] for name in names if name in own},
        **({"subresources": [_aggregated_sub(kind, sub) for sub in below]} if below else {}),
    }


def _aggregated_sub(kind: Kind, resource: Mapping[str, Any]) -> Obj:
    return {
        "subresource": resource["name"].partition("/")[2],
        "responseKind": _response_kind(kind, resource),
        "verbs": resource["verbs"],
    }


def _response_kind(kind: Kind, resource: Mapping[str, Any]) -> Obj:
    """Returns group, version and kind of the answers for a resource.

    For a built-in kind, group and version are empty unless they differ from those of the resource.
    """
    group, version = (kind.group, kind.version) if kind.is_custom else ("", "")
    return {
        "group": resource.get("group", group),
        "version": resource.get("version", version),
        "kind": resource["kind"],
    }
