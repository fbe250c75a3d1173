"""How server-side apply makes a new object: merges a configuration in, and takes fields out.

Nothing is changed in place; what stays the same is shared with what is given.
"""

from __future__ import annotations

from typing import Any

from kuscia_conformance.apiserver.apimachinery.types import ANY, Type
from kuscia_conformance.apiserver.fields.places import elements, is_granular_list, is_granular_map
from kuscia_conformance.apiserver.fields.sets import LEAF, SELF, Fields, is_member
from kuscia_conformance.kube.objects import Obj


def merge(live: Any, config: Any, type: Type) -> Any:
    """`live` with all that `config` says; what both say is as in `config`."""
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
    """The items in the configuration's order, and between them those that only `live` has.

    Such an item comes before the next one of the configuration that `live` has after it.
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
    """The items by their path elements; None for those that are there more than once."""
    known: dict[str, Any] = {}
    for element, item in items:
        known[element] = None if element in known else item
    return known


def remove(value: Any, fields: Fields, type: Type) -> Any:
    """The value without these fields and items; None where nothing is left of it."""
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
    """A set in which the fields of structs are members wherever something below them is one."""
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
