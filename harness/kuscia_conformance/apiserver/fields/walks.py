"""Finds the fields that an object has, and the fields that differ between two objects.

    fields_of    the fields that an applied configuration claims
    everything   the fields that a manager owns after it adds a value where there was none
    changes      the fields that differ before and after a write

Parts that are equal before and after cost `changes` one comparison, not a walk.
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

#: Returns an object in the form in which it is compared, by its type.
Held = Callable[[Any, Type], Any]
#: The fields that are changed or added, and the fields that are removed.
Changes = tuple[Fields, Fields]


def fields_of(obj: Obj, type: Type) -> Fields:
    """Returns all leaves of a configuration, all items of its lists, all entries of its maps."""
    return _fields_of_map(obj, type)


def _fields_of_map(value: Obj, type: Type) -> Fields:
    found: Fields = {}
    for key, below in value.items():
        node = _node(below, type.below(key))
        # A struct's field is owned through the fields in it. A map's entry is also owned itself.
        if key not in type.fields:
            node = {SELF: LEAF, **node} if node else LEAF
        if node is not None:
            found[f"f:{key}"] = node
    return found


def _node(value: Any, type: Type) -> Fields | None:
    """Returns the fields within a value; None if it has none, such as an empty list of items."""
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
    """Returns the fields of a value that is added or removed as a whole, itself included."""
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
    """Returns two sets: the fields that are changed or added, and those that are removed.

    `held` says how objects are compared: in the form in which the server holds them (`stored`), or
    unchanged (`as_given`).
    """
    found: Changes = ({}, {})
    _compare_maps(old, new, type, held, found)
    return found


def as_given(value: Obj, _type: Type) -> Obj:
    """Returns the object unchanged; see `changes`."""
    return value


def _compare_maps(old: Obj, new: Obj, type: Type, held: Held, found: Changes) -> None:
    given, old, new = old, held(old, type), held(new, type)
    changed, removed = found
    for key, value in new.items():
        if key not in old:
            if value is None and type.name:
                continue
            if key in given and is_granular_list(value, type.below(key)):
                # Go writes an empty list without omitempty as null, so the old list is empty.
                _compare((None, value), type.below(key), held, f"f:{key}", found)
                continue
            changed[f"f:{key}"] = everything(value, type.below(key))
        elif old[key] != value:
            _compare((old[key], value), type.below(key), held, f"f:{key}", found)
    for key in old.keys() - new.keys():
        removed[f"f:{key}"] = everything(old[key], type.below(key))


def _compare(both: tuple[Any, Any], type: Type, held: Held, element: str, found: Changes) -> None:
    """Compares two different values of one place, and adds the differences to `found`."""
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
    """Checks whether both values are maps (or lists).

    A null counts as an empty one, except if the other value is empty too.
    """
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
    """Returns the fields of an item; several items with one key are only owned as a whole."""
    return everything(items[0], type) if len(items) == 1 else LEAF


def _by_element(items: list[Any], type: Type) -> dict[str, list[Any]]:
    """Returns the items by their path elements; duplicates share an element."""
    found: dict[str, list[Any]] = {}
    for element, item in elements(items, type):
        found.setdefault(element, []).append(item)
    return found
