"""Which fields an object has, and which differ between two.

`fields_of` is what an applied configuration lays claim to. `everything` is what somebody owns who
adds a value where there was none. `changes` compares an object before and after: equal branches
cost one comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kuscia_conformance.apiserver.apimachinery.types import ANY, Type
from kuscia_conformance.apiserver.fields.places import (
    elements,
    is_granular_list,
    is_granular_map,
    stored,
)
from kuscia_conformance.apiserver.fields.sets import LEAF, SELF, Fields
from kuscia_conformance.kube.objects import Obj

#: How an object is looked at, by its type.
Held = Callable[[Any, Type], Any]
#: What is changed or added, and what is removed.
Changes = tuple[Fields, Fields]


def fields_of(obj: Obj, type: Type) -> Fields:
    """Every leaf of a configuration, every item of its lists and every entry of its maps."""
    return _fields_of_map(obj, type)


def _fields_of_map(value: Obj, type: Type) -> Fields:
    found: Fields = {}
    for key, below in value.items():
        node = _node(below, type.below(key))
        # A field of a struct is owned by what is in it, an entry of a map by itself as well.
        if key not in type.fields:
            node = {SELF: LEAF, **node} if node else LEAF
        if node is not None:
            found[f"f:{key}"] = node
    return found


def _node(value: Any, type: Type) -> Fields | None:
    """What is owned of a value; None if nothing, as of an empty list of items."""
    if is_granular_map(value, type) and value:
        return _fields_of_map(value, type) or None
    if is_granular_list(value, type):
        return _fields_of_list(value, type) or None
    return LEAF


def _fields_of_list(items: list[Any], type: Type) -> Fields:
    found: Fields = {}
    below = type.items or ANY
    for element, item in elements(items, type):
        node = None if element in found else _node(item, below)
        found[element] = {SELF: LEAF, **node} if node else LEAF
    return found


def everything(value: Any, type: Type) -> Fields:
    """The node of a value that has been added or removed as a whole: itself and all below."""
    if is_granular_map(value, type):
        return _everything_of_map(value, type)
    if is_granular_list(value, type):
        return _everything_of_list(value, type)
    return LEAF


def _everything_of_map(value: Obj, type: Type) -> Fields:
    value = stored(value, type)
    if not value:
        return LEAF
    found: Fields = {SELF: LEAF}
    for key, below in value.items():
        simple = below.__class__ is not dict and below.__class__ is not list
        found[f"f:{key}"] = LEAF if simple else everything(below, type.below(key))
    return found


def _everything_of_list(items: list[Any], type: Type) -> Fields:
    if not items:
        return LEAF
    found: Fields = {SELF: LEAF}
    below = type.items or ANY
    for element, item in elements(items, type):
        found[element] = LEAF if element in found else everything(item, below)
    return found


def changes(old: Obj, new: Obj, type: Type, held: Held = stored) -> Changes:
    """What has been changed or added, and what is no longer there.

    `held` says how objects are to be seen: as the server holds them, or just `as_given`.
    """
    found: Changes = ({}, {})
    _compare_maps(old, new, type, held, found)
    return found


def as_given(value: Obj, _type: Type) -> Obj:
    return value


def _compare_maps(old: Obj, new: Obj, type: Type, held: Held, found: Changes) -> None:
    given, old, new = old, held(old, type), held(new, type)
    changed, removed = found
    for key, value in new.items():
        if key not in old:
            if value is None and type.name:
                continue
            if key in given and is_granular_list(value, type.below(key)):
                # A null that is kept is Go's list that is written in any case.
                _compare((None, value), type.below(key), held, f"f:{key}", found)
                continue
            changed[f"f:{key}"] = everything(value, type.below(key))
        elif old[key] != value:
            _compare((old[key], value), type.below(key), held, f"f:{key}", found)
    for key in old.keys() - new.keys():
        removed[f"f:{key}"] = everything(old[key], type.below(key))


def _compare(both: tuple[Any, Any], type: Type, held: Held, element: str, found: Changes) -> None:
    """Compare two values of one place that differ."""
    old, new = both
    below: Changes = ({}, {})
    if _are_both(is_granular_map, old, new, type):
        _compare_maps(old or {}, new or {}, type, held, below)
    elif _are_both(is_granular_list, old, new, type):
        _compare_lists(old or [], new or [], type, held, below)
    else:
        gone = {key: node for key, node in everything(old, type).items() if key != SELF}
        found[0][element] = everything(new, type)
        below = ({}, gone)
    for nodes, mine in zip(found, below, strict=True):
        if mine:
            nodes[element] = mine


def _are_both(is_granular: Held, old: Any, new: Any, type: Type) -> bool:
    """Whether both are maps, or lists; null is an empty one, unless the other is empty as well."""
    if not old and not new:
        return False
    return (old is None or is_granular(old, type)) and (new is None or is_granular(new, type))


def _compare_lists(old: list[Any], new: list[Any], type: Type, held: Held, found: Changes) -> None:
    before, after = _by_element(old, type), _by_element(new, type)
    changed, removed = found
    below = type.items or ANY
    for element in before | after:
        olds, news = before.get(element, []), after.get(element, [])
        if olds == news:
            continue
        if len(olds) == len(news) == 1:
            _compare((olds[0], news[0]), below, held, element, found)
            continue
        if news:
            changed[element] = _of_items(news, below)
        if olds and not len(olds) > 1 < len(news):
            removed[element] = _of_items(olds, below)


def _of_items(items: list[Any], type: Type) -> Fields:
    """What there is of one item; several of the same key are only owned as a whole."""
    return everything(items[0], type) if len(items) == 1 else LEAF


def _by_element(items: list[Any], type: Type) -> dict[str, list[Any]]:
    """The items by their path elements: more than one each where there are duplicates."""
    found: dict[str, list[Any]] = {}
    for element, item in elements(items, type):
        found.setdefault(element, []).append(item)
    return found
