"""Helpers for the tests of built-in kinds.

`created` and `updated` run a kind's strategy in the order in which the server runs it: defaults,
then preparation, then validation. `context` builds what a strategy may read of the server: the
time, a seeded random generator and the stored objects.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

from kuscia_conformance.apiserver.apimachinery.kinds import Context
from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError
from kuscia_conformance.apiserver.builtin import strategies
from kuscia_conformance.kube.objects import Obj

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAMESPACE = "work"


def context(plural: str = "", objects: Sequence[Obj] = (), seed: int = 1) -> Context:
    """Builds the context of a server that stores only `objects`, all of the kind `plural`."""
    return Context(NOW, Random(seed), lambda asked: objects if asked == plural else ())


def created(key: tuple[str, str], obj: Obj, given: Context | None = None) -> Obj:
    """Returns the object as the server would store it, before validation."""
    strategy, new, given = strategies()[key], copy.deepcopy(obj), given or context()
    strategy.default(new, given)
    strategy.prepare_create(new, given)
    return new


def causes_of(key: tuple[str, str], obj: Obj) -> list[str]:
    """Returns the validation errors of `obj` as a new object."""
    new = created(key, obj)
    return texts(strategies()[key].validate(new, None, ""))


def updated(
    key: tuple[str, str], old: Obj, new: Obj, sub: str = "", given: Context | None = None
) -> tuple[Obj, list[str]]:
    """Returns the object as an update would store it, and its validation errors."""
    strategy, obj, given = strategies()[key], copy.deepcopy(new), given or context()
    strategy.default(obj, given)
    strategy.prepare_update(obj, old, sub, given)
    return obj, texts(strategy.validate(obj, old, sub))


def texts(causes: Sequence[FieldError]) -> list[str]:
    return [str(cause) for cause in causes]


def with_metadata(api_version: str, kind: str, name: str, **rest: object) -> Obj:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}
