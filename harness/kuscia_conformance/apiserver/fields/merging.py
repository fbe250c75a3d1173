"""Merges a configuration into an object for server-side apply, and removes fields.

Nothing is changed in place. Parts that stay the same are shared between the old and new objects.
"""

from __future__ import annotations

from typing import Any

from kuscia_conformance.apiserver.apimachinery.types import ANY, Type
from kuscia_conformance.apiserver.fields.places import elements, is_granular_list, is_granular_map
from kuscia_conformance.apiserver.fields.sets import LEAF, SELF, Fields, is_member
from kuscia_conformance.kube.objects import Obj


def merge(live: Any, config: Any, type: Type) -> Any:
    """Returns `live` with everything that is in `config`; values in both come from `config`."""
    if is_granular_map(live, type) and live and (config is None or is_granular_map(config, type)):
        return _merge_maps(live, config or {}, type)
    if is_granular_list(live, type) and (config is None or is_granular_list(config, type)):
        return _merge_lists(live, config or [], type) or config
    return config


def _merge_maps(live: Obj, config: Obj, type: Type) -> Obj:
    merged = dict(live)
    for key, value in config.items():
        merged[key] = merge(live[key], value, type.below(key)) if key in live else value
    return merged


def _merge_lists(live: list[Any], config: list[Any], type: Type) -> list[Any]:
    """Returns the items in the configuration's order, with the items that only `live` has.

    An item that only `live` has comes before the next item of the configuration that follows it in
    `live`.
    """
    old, new = elements(live, type), elements(config, type)
    known, wanted = _single(old), dict(new)
    awaited = [element for element, _ in new if element in known]
    out: list[Any] = []
    index = 0
    for element, item in new:
        while index < len(old) and (not awaited or old[index][0] != awaited[0]):
            out += [old[index][1]] if old[index][0] not in wanted else []
            index += 1
        if awaited and element == awaited[0]:
            awaited.pop(0)
            index += 1
        mine = known.get(element)
        out.append(item if mine is None else merge(mine, item, type.items or ANY))
    return out + [item for element, item in old[index:] if element not in wanted]


def _single(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """Returns the items by their path elements; None for an element that occurs several times."""
    known: dict[str, Any] = {}
    for element, item in items:
        known[element] = None if element in known else item
    return known


def remove(value: Any, fields: Fields, type: Type) -> Any:
    """Returns the value without these fields and items; None if nothing is left of it."""
    if is_granular_map(value, type):
        return _remove_from_map(value, fields, type) or None
    if is_granular_list(value, type):
        return _remove_from_list(value, fields, type) or None
    return None if isinstance(value, dict | list) else value


def _remove_from_map(value: Obj, fields: Fields, type: Type) -> Obj:
    left: Obj = {}
    for key, below in value.items():
        node = fields.get(f"f:{key}")
        if node is None:
            left[key] = below
        elif not is_member(node):
            left[key] = remove(below, node, type.below(key))
    return left


def _remove_from_list(items: list[Any], fields: Fields, type: Type) -> list[Any]:
    left = []
    for element, item in elements(items, type):
        node = fields.get(element)
        if node is None:
            left.append(item)
        elif not is_member(node):
            left.append(remove(item, node, type.items or ANY))
    return left


def with_structs(fields: Fields, type: Type) -> Fields:
    """Returns the set with more members: each struct field that has a member below it.

    Without it a struct would not count as owned, and so not be removed with its last field.
    """
    named: Fields = {}
    for element, node in fields.items():
        name = element[2:] if element.startswith("f:") else None
        if not node:
            named[element] = node
            continue
        below = (type.items or ANY) if name is None else type.below(name)
        node = with_structs(node, below)
        named[element] = {SELF: LEAF, **node} if name in type.fields else node
    return named
