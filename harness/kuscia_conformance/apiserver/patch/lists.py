"""Merges lists in strategic merge patches.

Lists of objects are merged by a key, lists of plain values by the values. A list is merged only if
its type says so; otherwise the patch's list replaces it. An item of the patch can be a directive:
`$patch: delete` removes the item with the same key, `$patch: replace` removes all old items.

The result has the patch's items in the patch's order, and the other items in the order of the live
list. Each of the other items comes before the first of the patch's items that it preceded there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from kuscia_conformance.apiserver.apimachinery.go_text import printed
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.apimachinery.types import ANY, Type
from kuscia_conformance.apiserver.patch.values import go_type
from kuscia_conformance.kube.objects import Obj

DIRECTIVE = "$patch"

#: Merges the second object into the first; both are of this type.
Merge = Callable[[Obj, Obj, Type], Obj]


def merge_list(
    live: list[Any], patch: list[Any], type: Type, merge: Merge, deleting: bool = False
) -> list[Any]:
    """Returns the live list merged with the patch's list.

    With `deleting` it returns the live list without the patch's values ($deleteFromPrimitiveList).
    Raises StatusError (422 or 500) for lists that cannot be merged, as the server does.
    """
    if "merge" not in type.patch_strategies and not deleting:
        return patch
    if not live and not patch:
        return live
    if item_type(live, patch) is not dict:
        if deleting:
            return [value for value in live if value not in patch]
        return in_order(list(dict.fromkeys([*live, *patch])), patch, live, "")
    if not type.merge_key:
        raise StatusError(500, "", "cannot merge lists without merge key for struct")
    stays = _staying(live, patch, type.merge_key)
    items = [item for item in patch if DIRECTIVE not in item]
    if any(item.get(DIRECTIVE) == "replace" for item in patch):
        return in_order(items, [], items, type.merge_key)
    merged = _merged_items(stays, items, type, merge)
    return in_order(merged, items, stays, type.merge_key)


def item_type(live: list[Any], patch: list[Any]) -> type:
    """Returns the type that all items of both lists have.

    Raises StatusError: 500 if both lists are empty or the types differ, 422 for lists of lists.
    """
    types: list[type] = [type(value) for value in [*live, *patch]]
    if not types:
        raise StatusError(500, "", "no elements in any of the given slices")
    if types[0] is list:
        message = "the server rejected our request due to an error in our request"
        raise StatusError(422, "Invalid", message, {})
    if any(other is not types[0] for other in types):
        message = f"list element types are not identical: {printed([live, patch])}"
        raise StatusError(500, "", message)
    return types[0]


def _staying(live: list[Obj], patch: list[Obj], key: str) -> list[Obj]:
    """Returns the items of the live list that remain after the patch's directives."""
    stays = live
    for item in patch:
        directive = item.get(DIRECTIVE)
        if directive == "delete":
            gone = _identity(item, key)
            stays = [other for other in stays if repr(other.get(key)) != gone]
        elif directive == "merge":
            raise StatusError(500, "", "merging lists cannot yet be specified in the patch")
        elif directive != "replace" and DIRECTIVE in item:
            raise StatusError(500, "", f"unknown patch type: {directive} in map: {printed(item)}")
    return stays


def _merged_items(live: list[Obj], patch: list[Obj], type: Type, merge: Merge) -> list[Obj]:
    merged = list(live)
    places = {repr(item.get(type.merge_key)): place for place, item in reversed([*enumerate(live)])}
    for item in patch:
        place = places.setdefault(_identity(item, type.merge_key), len(merged))
        if place < len(merged):
            merged[place] = merge(merged[place], item, type.items or ANY)
        else:
            merged.append(item)
    return merged


def in_order(items: list[Any], first: list[Any], live: list[Any], key: str) -> list[Any]:
    """Returns the items in the order that the module describes; `first` has the patch's order."""
    wanted, known = _places(first, key), _places(live, key)
    theirs = [item for item in items if _identity(item, key) in wanted]
    theirs.sort(key=lambda item: wanted[_identity(item, key)])
    others = [item for item in items if _identity(item, key) not in wanted]
    waiting = deque(sorted(others, key=lambda item: known.get(_identity(item, key), 0)))
    ordered = []
    for item in theirs:
        place = known.get(_identity(item, key), -1)
        while waiting and known.get(_identity(waiting[0], key), place) < place:
            ordered.append(waiting.popleft())
        ordered.append(item)
    return [*ordered, *waiting]


def check_order(patch: list[Any], order: list[Any], key: str) -> None:
    """Raises StatusError (500) if the patch's own items are not in the given order."""
    if not patch or not order:
        return
    stays = [item for item in patch if _object(item).get(DIRECTIVE) != "delete"] if key else patch
    left = deque(order)
    for item in stays:
        if left and isinstance(item, dict) and DIRECTIVE in item:
            continue
        while left:
            if _identity(item, key) == _identity(left.popleft(), key):
                break
        else:
            message = (
                f"The order in patch list:\n{printed(patch)}\n"
                f" doesn't match $setElementOrder list:\n{printed(order)}\n"
            )
            raise StatusError(500, "", message)


def live_order(live: list[Any], patch: list[Any], key: str) -> list[Any]:
    """Returns the list whose order counts as that of the live list, if an order is given too.

    Items that the patch adds take the places of items that it deletes, because Go puts them there.
    """
    stays = _staying(live, patch, key)
    known = {_identity(item, key) for item in stays}
    items = [item for item in patch if DIRECTIVE not in item]
    added = [item for item in items if _identity(item, key) not in known]
    return [*stays, *added][: len(live)]


def _places(items: list[Any], key: str) -> dict[str, int]:
    return {_identity(item, key): place for place, item in reversed([*enumerate(items)])}


def _identity(item: Any, key: str) -> str:
    """Returns a text that identifies an item: the value of its key, or the item itself."""
    # A text, because clients may send any value as a key, and 1 must differ from True.
    if not key:
        return repr(item)
    if key not in _object(item):
        message = f"map: {printed(item)} does not contain declared merge key: {key}"
        raise StatusError(500, "", message)
    return repr(item[key])


def _object(item: Any) -> Obj:
    if not isinstance(item, dict):
        message = f"expected a map[string]interface {{}}, but received a {go_type(item)}"
        raise StatusError(500, "", message)
    return item
