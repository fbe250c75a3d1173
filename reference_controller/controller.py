"""What the runtime needs of a machine: which keys a change concerns, and how to look at a key.

A *key* names one thing that the machine decides about: a task, a group, a TaskResource or a
domain. Each machine has a `controller.py` with a class that implements this protocol.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from kuscia_conformance.kube.objects import Obj, Resource
from reference_controller.cache import Cache
from reference_controller.machine import Machine

S = TypeVar("S")


class Controller(Protocol[S]):
    """One machine, and how its keys are read. All methods read only the cache."""

    #: The name of the machine in the log, for example `kuscia_task`.
    name: str

    @property
    def machine(self) -> Machine[S]: ...

    def keys(self, resource: Resource, obj: Obj, cache: Cache) -> Iterable[str]:
        """Returns the keys that a change of this object concerns.

        The runtime asks for the object before the change and for the object after it.
        """
        ...

    def lock(self, key: str) -> str:
        """Returns the name of the lock that is held while this key is decided and performed.

        Keys with the same lock are never worked on at the same time, even in different machines.
        """
        ...

    def observe(self, cache: Cache, key: str, now: datetime) -> S | None:
        """Returns all that the next decision may depend on; None if there is nothing to decide."""
        ...
