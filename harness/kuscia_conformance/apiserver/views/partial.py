"""Objects that have only their metadata: PartialObjectMetadata, and lists of them."""

from __future__ import annotations

from collections.abc import Iterable

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.views.accept import not_acceptable
from kuscia_conformance.kube.objects import Obj

V1 = "meta.k8s.io/v1"


def partial(obj: Obj, api_version: str = V1) -> Obj:
    """Returns a PartialObjectMetadata with the metadata of the object."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": api_version,
        "metadata": obj.get("metadata", {}),
    }


def partial_list(objects: Iterable[Obj], list_metadata: Obj, api_version: str = V1) -> Obj:
    """Returns a list; `items` is null if it is empty, as in the real server."""
    return {
        "kind": "PartialObjectMetadataList",
        "apiVersion": api_version,
        "metadata": list_metadata,
        "items": [partial(obj, api_version) for obj in objects] or None,
    }


def not_one_object(kind: Kind) -> StatusError:
    """Returns the error (406) for a request for PartialObjectMetadata that reads a list."""
    return not_acceptable(
        f"you requested PartialObjectMetadata, but the requested object is a list "
        f"({_go_type(kind, 'List')})"
    )


def no_list(kind: Kind) -> StatusError:
    """Returns the error for a request for PartialObjectMetadataList that reads one object.

    It is 406 for a built-in kind and 500 for a custom kind, as in Kubernetes.
    """
    if kind.is_custom:
        return StatusError(500, "", "content is not a list")
    return not_acceptable(
        f"you requested PartialObjectMetadataList, but the requested object is not a list "
        f"({_go_type(kind)})"
    )


def _go_type(kind: Kind, suffix: str = "") -> str:
    """Returns the name of the Go type in the real server, such as `*core.NamespaceList`."""
    if kind.is_custom:
        return f"*unstructured.Unstructured{suffix}"
    group, _ = kind.key
    return f"*{group.partition('.')[0] or 'core'}.{kind.name}{suffix}"
