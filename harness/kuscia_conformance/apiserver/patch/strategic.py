"""Strategic merge patches, for built-in kinds: their types say which lists are merged, and how.

An object is merged member by member; a null removes a member. In addition, an object in a patch can
have directives:

    $patch: replace | delete                  replaces the live object, or empties it
    $retainKeys: [names]                      removes all other members
    $setElementOrder/NAME: [items]            gives the order of the list NAME (`lists`)
    $deleteFromPrimitiveList/NAME: [values]   removes values from the list NAME

As in Kubernetes, the functions below change the patch as well as the object. If the result does not
fit its type, the error message shows what is left of the patch.
"""

from __future__ import annotations

from typing import Any

from kuscia_conformance.apiserver.apimachinery.go_text import printed
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    StatusError,
    bad_request,
    invalid,
    invalid_value,
)
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.patch.decoding import Misfit, decoded
from kuscia_conformance.apiserver.patch.lists import (
    DIRECTIVE,
    check_order,
    in_order,
    item_type,
    live_order,
    merge_list,
)
from kuscia_conformance.apiserver.patch.values import copied, go_type, json_name
from kuscia_conformance.kube.objects import Obj

_RETAIN = "$retainKeys"
_ORDER = "$setElementOrder"
_DELETE = "$deleteFromPrimitiveList"


def strategic_merge(obj: Obj, patch: Any, type: Type) -> Obj:
    """Returns the object merged with the patch, without null members, as Go's types hold it.

    Raises StatusError: 400 if the patch or a directive is malformed, 422 if the result does not fit
    the type or lists are nested, 500 for other lists and directives that the server cannot merge.
    """
    if not isinstance(patch, dict | None):
        name = json_name(patch)
        into = "map[string]interface {}"
        raise bad_request(f"json: cannot unmarshal {name} into Go value of type {into}")
    left = copied(patch or {})
    merged = _merge(copied(obj), left, type)
    try:
        result: Obj = decoded(merged, type)
    except Misfit as misfit:
        causes = [invalid_value("patch", printed(left), str(misfit))]
        raise invalid("", "", "", causes) from None
    return result


def _merge(original: Obj, patch: Obj, type: Type) -> Obj:
    if DIRECTIVE in patch:
        return _directed(patch)
    if _RETAIN in patch:
        _retain(original, patch, patch.pop(_RETAIN))
    for key in [key for key in patch if key.startswith(_ORDER)]:
        _merge_ordered(original, patch, key, type)
    # Go's order is random. Here deletions come last, so that no deleted value is added again.
    for key, value in sorted(patch.items(), key=lambda member: member[0].startswith(_DELETE)):
        if key.startswith(_DELETE):
            _merge_member(original, _named(key, _DELETE), value, type, deleting=True)
        else:
            _merge_member(original, key, value, type, deleting=False)
    return original


def _directed(patch: Obj) -> Obj:
    directive = patch[DIRECTIVE]
    if directive == "delete":
        return {}
    if directive != "replace":
        raise StatusError(500, "", f"unknown patch type: {directive} in map: {printed(patch)}")
    del patch[DIRECTIVE]
    return patch


def _retain(original: Obj, patch: Obj, names: Any) -> None:
    given = [
        key for key in patch if patch[key] is not None and not key.startswith((_ORDER, _DELETE))
    ]
    if not isinstance(names, list) or any(key not in names for key in given):
        raise bad_request("invalid patch format of retainKeys")
    for key in [key for key in original if key not in names]:
        del original[key]


def _named(key: str, directive: str) -> str:
    """Returns NAME of `$directive/NAME`; StatusError (400) if the key is malformed."""
    prefix, slash, name = key.partition("/")
    if prefix != directive or not slash:
        what = "setElementOrder" if directive == _ORDER else "primitive"
        raise bad_request(f"invalid patch format of {what} list")
    return name


def _merge_member(original: Obj, key: str, value: Any, type: Type, deleting: bool) -> None:
    present: Any = original.get(key)
    below = type.below(key)
    if value is None:
        original.pop(key, None)
    elif present.__class__ is not value.__class__:
        if not deleting:
            _take_over(original, key, value)
    elif isinstance(value, dict):
        is_replaced = "replace" in below.patch_strategies
        original[key] = value if is_replaced else _merge(present, value, below)
    elif isinstance(value, list):
        original[key] = merge_list(present, value, below, _merge, deleting)
    else:
        original[key] = value


def _take_over(original: Obj, key: str, value: Any) -> None:
    """Sets a member to the patch's value without nulls and directives; nothing is merged."""
    _discard_nulls(value)
    [kept] = _without_directives([value]) or [None]
    if kept is None:
        original.pop(key, None)
    else:
        original[key] = kept


def _discard_nulls(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _discard_nulls(item)
    if isinstance(value, dict):
        for key in [key for key, below in value.items() if below is None]:
            del value[key]
        for below in value.values():
            _discard_nulls(below)


def _without_directives(values: list[Any]) -> list[Any]:
    """Returns the values that are not directives, without the directives within them."""
    return [_undirected(value) for value in values if not _is_directive(value)]


def _undirected(value: Any) -> Any:
    if isinstance(value, list):
        return _without_directives(value)
    if isinstance(value, dict):
        for key in list(value):
            if _is_directive(value[key]):
                del value[key]
            else:
                value[key] = _undirected(value[key])
    return value


def _is_directive(value: Any) -> bool:
    return isinstance(value, dict) and DIRECTIVE in value


def _merge_ordered(original: Obj, patch: Obj, key: str, type: Type) -> None:
    """Merges a list whose order is given, and removes it from the patch."""
    order = _list_of(patch.pop(key))
    name = _named(key, _ORDER)
    live = _list_of(original.get(name, []))
    given = _list_of(patch.get(name, []))
    below = _list_type(type, name)
    check_order(given, order, below.merge_key)
    if name not in original and name not in patch:
        return
    item_type(live, given)
    merged = live
    if name not in original:
        merged = _without_directives(given)
    elif name in patch:
        merged = merge_list(live, given, below, _merge)
        live = live_order(live, given, below.merge_key) if below.merge_key else live
    patch.pop(name, None)
    original[name] = in_order(merged, order, live, below.merge_key)


def _list_of(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise StatusError(500, "", f"expected a []interface {{}}, but received a {go_type(value)}")
    return value


def _list_type(type: Type, name: str) -> Type:
    if type.fields and name not in type.fields:
        struct = type.name.rpartition(".")[2]
        message = f'unable to find api field in struct {struct} for the json field "{name}"'
        raise StatusError(500, "", message)
    below = type.below(name)
    if below.kind not in ("array", "any"):
        raise StatusError(500, "", "expected slice or array type, but got: struct")
    return below
