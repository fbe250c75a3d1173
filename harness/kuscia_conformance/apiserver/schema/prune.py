"""Dropping what a kind's schema does not know of, as the server does before it looks any closer."""

from __future__ import annotations

from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.types import ANY, MISSING, Type
from kuscia_conformance.kube.objects import Obj

#: Of what a list or a map has no type for: nothing is known, so nothing is kept.
_NOTHING: Final = Type()


def prune(obj: Obj, type: Type) -> list[str]:
    """Drop unknown fields from `obj`, and nulls that mean nothing; the unknown fields' paths.

    A null means something where the schema has it be nullable, or has a default for it.
    """
    dropped: list[str] = []
    _prune(obj, type, "", type.preserves, dropped)
    return sorted(dropped, key=_in_metadata_first) if type.embedded else dropped


def _in_metadata_first(path: str) -> tuple[bool, str]:
    """How the server sorts them; of built-in kinds it leaves them as they stand in the body."""
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
