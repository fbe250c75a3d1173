"""Turns whole floats into integers: clients get 1000 and 5 for 1e3 and 5.0."""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakKeyDictionary

from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.kube.objects import Obj

#: Floats from here on stay floats, because int64 cannot hold them.
_LARGEST: Final = 2**63
_MAY_HOLD: WeakKeyDictionary[Type, bool] = WeakKeyDictionary()


def make_whole(obj: Obj, type: Type) -> None:
    """Replaces whole floats in `obj` by integers, in place.

    Objects whose type cannot hold floats are not searched.
    """
    may_hold = _MAY_HOLD.get(type)
    if may_hold is None:
        may_hold = _MAY_HOLD[type] = _may_hold(type)
    if may_hold:
        _make_whole(obj)


def _may_hold(type: Type) -> bool:
    if type.kind in ("number", "any") or type.preserves:
        return True
    below = [*type.fields.values(), type.values, type.items]
    return any(_may_hold(each) for each in below if each is not None)


def _make_whole(value: Any) -> None:
    places = value.items() if value.__class__ is dict else enumerate(value)
    for key, below in places:
        if below.__class__ is dict or below.__class__ is list:
            _make_whole(below)
        elif below.__class__ is float and below.is_integer() and abs(below) < _LARGEST:
            value[key] = int(below)
