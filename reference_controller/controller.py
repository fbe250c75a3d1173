"""What a machine brings to the runtime: whom a change concerns, and how to look at one of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from kuscia_conformance.kube.objects import Obj, Resource
from reference_controller.cache import Cache
from reference_controller.machine import Machine

S = TypeVar("S")


class Controller(Protocol[S]):
    """One machine and its eyes. Everything here reads the cache only."""

    #: As it stands in the log: `kuscia_task`.
    name: str

    @property
    def machine(self) -> Machine[S]: ...

    def keys(self, resource: Resource, obj: Obj, cache: Cache) -> Iterable[str]:
        """Whom a change of this object concerns; asked for the object before and after it."""
        ...

    def lock(self, key: str) -> str:
        """Decisions under one lock never run at the same time, in whatever machine they are."""
        ...

    def observe(self, cache: Cache, key: str, now: datetime) -> S | None:
        """All that the next decision may depend on; None if there is nothing to look at."""
        ...
