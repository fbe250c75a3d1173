"""Types and objects for the tests of managed fields.

`CONFIG_MAP`, `SERVICE` and `DEPLOYMENT` are types of Kubernetes' own kinds. `TASK` is the type of
a custom resource with every kind of list and map that managed fields treat differently. `tracked`
and `applied` write an object as a field manager, by update and by server-side apply.
"""

from functools import cache

from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.data import components
from kuscia_conformance.apiserver.fields import Author, apply, track
from kuscia_conformance.apiserver.schema.build import custom_type, type_of
from kuscia_conformance.kube.objects import Obj

NOW, LATER = "2024-01-01T00:00:00Z", "2024-01-01T00:00:05Z"


@cache
def built_in(name: str, group: str = "", version: str = "v1") -> Type:
    reference = {"$ref": f"#/components/schemas/{name}"}
    return type_of(reference, components(group, version), {})


CONFIG_MAP = built_in("io.k8s.api.core.v1.ConfigMap")
SERVICE = built_in("io.k8s.api.core.v1.Service")
DEPLOYMENT = built_in("io.k8s.api.apps.v1.Deployment", "apps")

TASK = custom_type(
    {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "initiator": {"type": "string"},
                    "replicas": {"type": "integer"},
                    "paused": {"type": "boolean"},
                    "parties": {"type": "array", "items": {"type": "object"}},
                    "tags": {
                        "type": "array",
                        "items": {"type": "string"},
                        "x-kubernetes-list-type": "set",
                    },
                    "named": {
                        "type": "array",
                        "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name"],
                    },
                    "anything": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                    "whole": {
                        "type": "object",
                        "x-kubernetes-map-type": "atomic",
                        "additionalProperties": {"type": "string"},
                    },
                },
            },
            "status": {
                "type": "object",
                "properties": {
                    "phase": {"type": "string"},
                    "pods": {
                        "type": "object",
                        "additionalProperties": {
                            "type": "object",
                            "properties": {"phase": {"type": "string"}},
                        },
                    },
                },
            },
        },
    },
    built_in("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"),
)


def config_map(data: Obj | None = None, **metadata: object) -> Obj:
    data_field = {} if data is None else {"data": data}
    about = {"apiVersion": "v1", "kind": "ConfigMap"}
    return {**about, "metadata": {"name": "x", **metadata}, **data_field}


def service(*ports: Obj) -> Obj:
    about = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}}
    return {**about, "spec": {"ports": list(ports)}}


def deployment(*containers: Obj) -> Obj:
    about = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}}
    return {**about, "spec": {"template": {"spec": {"containers": list(containers)}}}}


def task(**fields: Obj) -> Obj:
    return {"apiVersion": "x/v1", "kind": "Task", "metadata": {"name": "x"}, **fields}


def tracked(old: Obj | None, new: Obj, type: Type, manager: str = "a", **options: str) -> list[Obj]:
    """Returns the managedFields entries after a write, and sets them in `new`."""
    version, now = options.get("version", "v1"), options.get("now", NOW)
    entries = track(old, new, type, Author(manager, version, now, options.get("sub", "")))
    new["metadata"]["managedFields"] = entries
    return entries


def applied(
    current: Obj | None, config: Obj, type: Type = CONFIG_MAP, manager: str = "a", **options: bool
) -> Obj:
    author = Author(manager, config["apiVersion"], NOW)
    return apply(current, config, type, author, force=options.get("force", False))


def owners(obj: Obj) -> Obj:
    """Returns the fields that each manager owns, by manager."""
    return {e["manager"]: e["fieldsV1"] for e in obj["metadata"].get("managedFields", [])}
