"""What the server serves: /api, /apis and all below them, and both at once (aggregated).

Made of the kinds. What is built in is told as Kubernetes tells it (`Kind.discovered`), a
definition's kind as the definition says. None is answered where there is no such group or version.
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

#: As the server of definitions lists them.
VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
OF_SUBRESOURCES = ("get", "patch", "update")
#: Where the kind of a subresource is another than that of its resource.
SCALE = {"group": "autoscaling", "version": "v1", "kind": "Scale"}

#: What the aggregated form is asked for by; v2beta1 is no longer served.
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def built_in_kinds(strategies: Mapping[tuple[str, str], Strategy]) -> list[Kind]:
    """Kubernetes' own kinds; `strategies` by group and plural."""
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
    """What `type_of` has made of a group-version: the kinds share most of it."""
    return {}


def api_versions(address: str) -> Obj:
    """/api; `address` is the server's HOST:PORT."""
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}


def api_group_list(kinds: Collection[Kind]) -> Obj:
    """/apis."""
    custom = {kind.group for kind in kinds if kind.is_custom}
    served = [(group, list(versions)) for group, versions in _served(kinds) if group]
    served.sort(key=lambda each: _first_service(*each) if each[0] in custom else "")
    groups = [_group(group, versions) for group, versions in served]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def _first_service(group: str, versions: Iterable[str]) -> str:
    """By what the real server orders definitions' groups here: the names of their APIServices."""
    return min(f"{version}.{group}" for version in versions)


def api_group(kinds: Iterable[Kind], group: str) -> Obj | None:
    """/apis/GROUP."""
    for name, versions in _served(kinds):
        if name == group:
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(group, versions)}
    return None


def api_resource_list(kinds: Iterable[Kind], group: str, version: str) -> Obj | None:
    """/api/v1 and /apis/GROUP/VERSION."""
    served = [kind for kind in kinds if (kind.group, kind.version) == (group, version)]
    if not served:
        return None
    head = {"kind": "APIResourceList"} | ({"apiVersion": "v1"} if group else {})
    resources = [resource for kind in served for resource in _resources(kind)]
    return {**head, "groupVersion": data.group_version(group, version), "resources": resources}


def aggregated(kinds: Iterable[Kind], *, core: bool) -> Obj:
    """/api (core) or /apis with all that is below it: an APIGroupDiscoveryList."""
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
    """The ETag of an aggregated list, quotes included."""
    hashed = {"metadata": aggregated["metadata"], "items": aggregated["items"]}
    return f'"{hashlib.sha512(orjson.dumps(hashed)).hexdigest().upper()}"'


def _served(kinds: Iterable[Kind]) -> list[tuple[str, dict[str, list[Kind]]]]:
    """Groups and their versions as the server orders them: what is built in comes first."""
    groups: dict[str, dict[str, list[Kind]]] = {}
    for kind in sorted(kinds, key=_place):
        groups.setdefault(kind.group, {}).setdefault(kind.version, []).append(kind)
    return list(groups.items())


def _place(kind: Kind) -> Any:
    """Where a kind stands among others; what is built in stays in its order."""
    return (1, kind.group, version_order(kind.version), kind.plural) if kind.is_custom else (0,)


def _group(group: str, versions: Iterable[str]) -> Obj:
    served = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": served, "preferredVersion": served[0]}


def _resources(kind: Kind) -> Iterator[Mapping[str, Any]]:
    """A kind's APIResources: its own and those of its subresources."""
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
    """Group and version of what is built in are told only where they are others."""
    group, version = (kind.group, kind.version) if kind.is_custom else ("", "")
    return {
        "group": resource.get("group", group),
        "version": resource.get("version", version),
        "kind": resource["kind"],
    }
