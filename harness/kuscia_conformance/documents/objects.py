"""Finds the Kubernetes objects in a value of a manifest; lists are expanded as kubectl does.

kubectl takes every object with `items` for a list, whatever its kind is. An item without a kind of
its own has that of the list: the items of a ConfigMapList are ConfigMaps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kuscia_conformance.kube.objects import Obj


class NotAnObject(ValueError):
    """The value is no Kubernetes object that can be applied; the text says why."""


def objects_in(value: Any, place: str = "this") -> Iterator[Obj]:
    """Yields the object, or the items of the list. `place` names it in messages.

    Raises NotAnObject for a value that has no name or no kind.
    """
    _require_kind(value, place)
    if value.get("items") is not None:
        yield from _items(value, "items" if place == "this" else f"{place}.items")
    else:
        _require_identity(value, place)
        yield value


def require_object(value: Any, place: str) -> None:
    """Raises NotAnObject for a value that is not one object with a name and a kind."""
    _require_kind(value, place)
    _require_identity(value, place)


def _require_kind(value: Any, place: str) -> None:
    if not isinstance(value, dict) or not (_text(value, "apiVersion") and _text(value, "kind")):
        raise NotAnObject(f"{place} is not a Kubernetes object with apiVersion and kind")


def _items(value: Obj, place: str) -> Iterator[Obj]:
    if not isinstance(value["items"], list):
        raise NotAnObject(f"{place} of {value['kind']} is not a list")
    kind = value["kind"].removesuffix("List")
    for number, item in enumerate(value["items"]):
        if isinstance(item, dict) and kind and not (item.get("kind") and item.get("apiVersion")):
            item = {**item, "apiVersion": value["apiVersion"], "kind": kind}
        yield from objects_in(item, f"{place}[{number}]")


def _require_identity(value: Obj, place: str) -> None:
    """Raises NotAnObject if the metadata do not name the object, or have labels of a wrong type."""
    metadata = value.get("metadata")
    if not isinstance(metadata, dict) or not _text(metadata, "name"):
        raise NotAnObject(f"{place} is a {value['kind']} without a text in metadata.name")
    what = f"{value['kind']} {metadata['name']}"
    for field in ("namespace", "resourceVersion", "uid"):
        if not isinstance(metadata.get(field, ""), str):
            raise NotAnObject(f"metadata.{field} of {what} is not a text")
    for field in ("labels", "annotations"):
        if not isinstance(metadata.get(field) or {}, dict):
            raise NotAnObject(f"metadata.{field} of {what} is not a mapping")


def _text(value: Obj, field: str) -> bool:
    return isinstance(value.get(field), str) and bool(value[field])
