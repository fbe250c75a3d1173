"""What the tests of built-in kinds share: contexts, and writes as the server does them."""

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
    """Of a server on which there are these objects of one kind, and none else."""
    return Context(NOW, Random(seed), lambda asked: objects if asked == plural else ())


def created(key: tuple[str, str], obj: Obj, given: Context | None = None) -> Obj:
    """The object as the server would keep it, before it is validated."""
    strategy, new, given = strategies()[key], copy.deepcopy(obj), given or context()
    strategy.default(new, given)
    strategy.prepare_create(new, given)
    return new


def causes_of(key: tuple[str, str], obj: Obj) -> list[str]:
    """What is wrong with it as a new object."""
    new = created(key, obj)
    return texts(strategies()[key].validate(new, None, ""))


def updated(
    key: tuple[str, str], old: Obj, new: Obj, sub: str = "", given: Context | None = None
) -> tuple[Obj, list[str]]:
    """What would be kept, and what is wrong with it."""
    strategy, obj, given = strategies()[key], copy.deepcopy(new), given or context()
    strategy.default(obj, given)
    strategy.prepare_update(obj, old, sub, given)
    return obj, texts(strategy.validate(obj, old, sub))


def texts(causes: Sequence[FieldError]) -> list[str]:
    return [str(cause) for cause in causes]


def with_metadata(api_version: str, kind: str, name: str, **rest: object) -> Obj:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}
