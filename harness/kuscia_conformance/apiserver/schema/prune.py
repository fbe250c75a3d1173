"""Drops the fields that the schema of a kind does not have.

The server does this before it validates an object. It warns of the dropped fields or, with strict
validation, refuses the object.
"""

from __future__ import annotations

from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.types import ANY, MISSING, Type
from kuscia_conformance.kube.objects import Obj

#: For list items without a schema: no field is known, so no field is kept.
_NOTHING: Final = Type()


def prune(obj: Obj, type: Type) -> list[str]:
    """Drops unknown fields and meaningless nulls from `obj` in place.

    Returns the paths of the unknown fields, such as `spec.containers[0].imag`. A null stays if its
    field is nullable or has a default; other nulls are dropped and not reported.
    """
    dropped: list[str] = []
    _prune(obj, type, "", type.preserves, dropped)
    return sorted(dropped, key=_in_metadata_first) if type.embedded else dropped


def _in_metadata_first(path: str) -> tuple[bool, str]:
    """Returns the server's sort key for paths in custom kinds: those in metadata come first.

    Paths in built-in kinds stay in the order of the body.
    """
    return not path.startswith("metadata."), path


def _prune(obj: Obj, type: Type, path: str, keeps: bool, dropped: list[str]) -> None:
    fields, values = type.fields, type.values
    gone: list[str] = []
    for key, value in obj.items():
        below = fields.get(key) or values
        if below is None:
            if not keeps:
                gone.append(key)
                dropped.append(path + key)
        elif value.__class__ is dict:
            _prune(value, below, f"{path}{key}.", below.preserves, dropped)
        elif value.__class__ is list:
            _prune_items(value, below, path + key, below.preserves, dropped)
        elif value is None and not below.nullable and below.default is MISSING:
            gone.append(key)
    for key in gone:
        del obj[key]


def _prune_items(items: list[Any], type: Type, path: str, keeps: bool, dropped: list[str]) -> None:
    below = type.items or (ANY if keeps else _NOTHING)
    if below is ANY:
        return
    for index, value in enumerate(items):
        if value.__class__ is dict:
            _prune(value, below, f"{path}[{index}].", keeps or below.preserves, dropped)
        elif value.__class__ is list:
            _prune_items(value, below, f"{path}[{index}]", keeps or below.preserves, dropped)
