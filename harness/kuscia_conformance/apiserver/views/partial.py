"""Objects without all but their metadata: PartialObjectMetadata and lists of them."""

from __future__ import annotations

from collections.abc import Iterable

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.views.accept import not_acceptable
from kuscia_conformance.kube.objects import Obj

V1 = "meta.k8s.io/v1"


def partial(obj: Obj, api_version: str = V1) -> Obj:
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": api_version,
        "metadata": obj.get("metadata", {}),
    }


def partial_list(objects: Iterable[Obj], list_metadata: Obj, api_version: str = V1) -> Obj:
    """Without objects `items` is null, as the real server has it."""
    return {
        "kind": "PartialObjectMetadataList",
        "apiVersion": api_version,
        "metadata": list_metadata,
        "items": [partial(obj, api_version) for obj in objects] or None,
    }


def not_one_object(kind: Kind) -> StatusError:
    """What is answered to who wants PartialObjectMetadata of a list."""
    return not_acceptable(
        f"you requested PartialObjectMetadata, but the requested object is a list "
        f"({_go_type(kind, 'List')})"
    )


def no_list(kind: Kind) -> StatusError:
    """What is answered to who wants a PartialObjectMetadataList of one object."""
    if kind.is_custom:
        return StatusError(500, "", "content is not a list")
    return not_acceptable(
        f"you requested PartialObjectMetadataList, but the requested object is not a list "
        f"({_go_type(kind)})"
    )


def _go_type(kind: Kind, suffix: str = "") -> str:
    """The type's name inside the real server: *core.NamespaceList, *unstructured.Unstructured."""
    if kind.is_custom:
        return f"*unstructured.Unstructured{suffix}"
    group, _ = kind.key
    return f"*{group.partition('.')[0] or 'core'}.{kind.name}{suffix}"
