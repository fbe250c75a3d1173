"""The subresource `scale`: reads and sets the number of replicas of every kind that has replicas.

`subresources` calls the functions in `HANDLERS`. A `Scale` is derived from an object. When a client
writes the Scale, its spec.replicas is copied into the object, and its other fields are ignored,
except that metadata.resourceVersion must be current if it is given. The numbers are at the same
paths in all built-in kinds; for a custom kind, its CustomResourceDefinition gives the paths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace as with_
from datetime import datetime
from functools import cache
from typing import Any

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver import patch as patching
from kuscia_conformance.apiserver.apimachinery.kinds import Column, Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.request import Answer, Request
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    bad_request,
    invalid,
    invalid_value,
    unsupported_media_type,
)
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.schema import check_types, prune, type_of
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.apiserver.storage.list import in_version_object
from kuscia_conformance.apiserver.views import representation
from kuscia_conformance.apiserver.views.table_columns import find, labels, selector
from kuscia_conformance.apiserver.writes import decoding
from kuscia_conformance.apiserver.writes.options import WriteOptions, write_options
from kuscia_conformance.apiserver.writes.update import update
from kuscia_conformance.kube.objects import Obj

_PATHS: Mapping[str, str] = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
}
_KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def get(server: Server, target: Target, request: Request) -> Answer:
    """Answers with the object's Scale."""
    view = representation.view(Target(_scale_kind()), request)
    obj = in_version_object(target.kind, server.writer.require(target))
    return _shown(view, _scale_of(target.kind, obj, server.now()), server.now())


def replace(server: Server, target: Target, request: Request) -> Answer:
    """Sets the object's number of replicas to that in the Scale in the body.

    Raises StatusError: 400 if a type or the name is wrong, 404 if the object does not exist, 409 if
    its resourceVersion differs, 422 if the number is negative; also those of `write_options`,
    `decoding.read` and `representation.view`.
    """
    options = write_options(request)
    # Not a custom kind, so that a body in protobuf is decoded.
    body_kind = with_(_scale_kind(), definition=None)
    scale, _ = decoding.read(body_kind, request, options.validation)
    return _write(server, target, request, options, scale)


def patch(server: Server, target: Target, request: Request) -> Answer:
    """Patches the object's Scale, and copies the new number of replicas into the object.

    Raises StatusError: 415 for server-side apply, which this server does not support for scales;
    also those of `replace` and `patching.apply_patch`.
    """
    options = write_options(request)
    if request.media_type == patching.APPLY:
        raise unsupported_media_type("a scale cannot be applied to this server")
    obj = in_version_object(target.kind, server.writer.require(target))
    scale = _scale_of(target.kind, obj, server.now())
    asked = decoding.read_patch(request)
    strategic = None if target.kind.is_custom else _scale_type()
    changed = patching.apply_patch(scale, asked, request.media_type, strategic)
    return _write(server, target, request, options, changed)


HANDLERS: Mapping[str, Callable[[Server, Target, Request], Answer]] = {
    "GET": get,
    "PUT": replace,
    "PATCH": patch,
}


def _write(
    server: Server, target: Target, request: Request, options: WriteOptions, scale: Obj
) -> Answer:
    view = representation.view(Target(_scale_kind()), request)
    check_types(scale, _scale_type(), "Scale", "v1")
    prune(scale, _scale_type())
    replicas = (scale.get("spec") or {}).get("replicas") or 0
    if replicas < 0:
        cause = invalid_value("spec.replicas", replicas, "must be greater than or equal to 0")
        raise invalid("autoscaling", "Scale", target.name, [cause])
    metadata = scale.get("metadata") or {}
    if (name := metadata.get("name") or "") != target.name:
        text = f"the name of the object ({name}) does not match the name on the URL ({target.name})"
        raise bad_request(text)
    path, version = _path(target.kind, "specReplicasPath"), metadata.get("resourceVersion")

    def put(obj: Obj) -> None:
        holder = obj
        for name in path[:-1]:
            holder = holder.setdefault(name, {})
        holder[path[-1]] = replicas
        if version:
            obj["metadata"]["resourceVersion"] = version

    done = update(server.writer, target, put, options.manager, dry_run=options.dry_run)
    return _shown(view, _scale_of(target.kind, done.obj, server.now()), server.now())


def _scale_of(kind: Kind, obj: Obj, now: datetime) -> Obj:
    replicas = find(obj, *_path(kind, "specReplicasPath"))
    status = {"replicas": find(obj, *_path(kind, "statusReplicasPath")) or 0}
    chosen = _selector(kind, obj, now)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: obj["metadata"][key] for key in _KEPT if key in obj["metadata"]},
        "spec": {"replicas": replicas} if replicas else {},
        "status": status | ({"selector": chosen} if chosen else {}),
    }


def _shown(view: representation.View, scale: Obj, now: datetime) -> Answer:
    if isinstance(view, representation.TableView):
        scale = {**scale, "spec": {"replicas": 0, **scale["spec"]}}
    return view.obj(scale, 200, now)


def _path(kind: Kind, which: str) -> list[str]:
    return (_declared(kind).get(which) or _PATHS[which]).lstrip(".").split(".")


def _declared(kind: Kind) -> Mapping[str, Any]:
    """Returns `subresources.scale` of the CustomResourceDefinition; empty for built-in kinds."""
    versions = kind.definition["spec"]["versions"] if kind.definition else ()
    own: Obj = next((each for each in versions if each["name"] == kind.version), {})
    return (own.get("subresources") or {}).get("scale") or {}


def _selector(kind: Kind, obj: Obj, now: datetime) -> str:
    if kind.is_custom:
        path = _declared(kind).get("labelSelectorPath") or ""
        return str(find(obj, *path.lstrip(".").split(".")) or "") if path else ""
    if kind.name == "ReplicationController":
        return labels(find(obj, "spec", "selector"))
    return str(selector("spec", "selector")(obj, now))


@cache
def _scale_type() -> Type:
    components = data.components("apps", "v1")
    return type_of(components["io.k8s.api.autoscaling.v1.Scale"], components)


@cache
def _scale_kind() -> Kind:
    """Returns the kind of a Scale, with the columns of its table.

    The recorded columns cover only kinds that can be listed. A Scale cannot, so its columns (after
    the name) are written here.
    """
    description = data.columns("", "v1", "limitranges")[-1]["description"]
    return Kind(
        group="autoscaling",
        version="v1",
        plural="scales",
        singular="scale",
        name="Scale",
        namespaced=True,
        load_type=_scale_type,
        # An empty definition makes `views` use `columns`, as for a custom kind.
        definition={},
        columns=(
            Column(
                "Desired",
                "integer",
                ".spec.replicas",
                description="replicas is the desired number of instances for the scaled object.",
            ),
            Column(
                "Available",
                "integer",
                ".status.replicas",
                description=(
                    "replicas is the actual number of observed instances of the scaled object."
                ),
            ),
            Column("Age", "date", ".metadata.creationTimestamp", description=description),
        ),
    )
