"""The kinds that the server serves, and how they differ.

A `Kind` is one kind in one version. Built-in kinds come from Kubernetes' discovery and OpenAPI
data, custom kinds from a CustomResourceDefinition. A `Strategy` is what a kind does beyond the
steps that all kinds share; the strategies of built-in kinds are in `builtin`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from random import Random
from typing import Any

from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError
from kuscia_conformance.apiserver.apimachinery.types import ANY, Type
from kuscia_conformance.kube.objects import Obj


@dataclass(frozen=True)
class Context:
    """What a strategy can use of the server: the time, random numbers, and other objects."""

    now: datetime
    random: Random
    #: Returns all objects of a built-in kind, by its plural. They must not be changed.
    objects: Callable[[str], Iterable[Obj]]
    user: str = "admin"


class Strategy:
    """What a kind does beyond the common steps of a write. This base class adds nothing.

    A write calls `default`, then `prepare_create` or `prepare_update`, then `validate`. The methods
    may change `obj`, which is a copy, but not `old`. `sub` is the subresource that is written, or
    "".
    """

    #: Whether metadata.generation counts the changes of the spec.
    counts_generations = True

    def default(self, obj: Obj, context: Context) -> None:
        """Fills in absent fields, in every create, update, patch and apply."""

    def prepare_create(self, obj: Obj, context: Context) -> None:
        """Removes from a new object what only the system may set."""

    def prepare_update(self, obj: Obj, old: Obj, sub: str, context: Context) -> None:
        """Restores from `old` what this write may not change."""

    def validate(self, obj: Obj, old: Obj | None, sub: str) -> list[FieldError]:
        """Returns the errors of the object; `old` is None for a new object."""
        return []

    def fields(self, obj: Obj) -> Mapping[str, str]:
        """Returns the fields for field selectors, besides metadata.name and metadata.namespace."""
        return {}

    #: The names of these fields. Selectors by other fields are refused.
    selectable: tuple[str, ...] = ()

    def grace_seconds(self, obj: Obj, asked: int | None) -> int:
        """Returns how long a deleted object stays, in seconds, so that a kubelet can end it.

        0 means immediate removal. `asked` is the client's gracePeriodSeconds.
        """
        return 0

    def prepare_delete(self, obj: Obj, context: Context) -> None:
        """Changes an object at its deletion, for the case that it stays for a while."""

    def is_held(self, obj: Obj) -> bool:
        """Returns whether a deleted object stays for other reasons than metadata.finalizers."""
        return False

    def to_stored(self, obj: Obj) -> Obj:
        """Converts an object from this version to the stored version."""
        return obj

    def from_stored(self, obj: Obj) -> Obj:
        """Converts an object from the stored version to this version."""
        return obj


PLAIN = Strategy()


@dataclass(frozen=True)
class Column:
    """A column of `kubectl get` that a custom kind declares (additionalPrinterColumns)."""

    name: str
    type: str
    path: str
    format: str = ""
    description: str = ""
    priority: int = 0


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind in one version. Two versions of a kind share the collection `key`."""

    group: str
    version: str
    plural: str
    singular: str
    name: str
    namespaced: bool
    list_name: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: frozenset[str] = frozenset()
    #: status, scale, binding, …
    subresources: frozenset[str] = frozenset()
    #: Returns the type from the kind's schema. Called once, on first use.
    load_type: Callable[[], Type] = lambda: ANY
    strategy: Strategy = PLAIN
    #: For custom kinds: the columns, and the CustomResourceDefinition.
    columns: tuple[Column, ...] = ()
    definition: Obj | None = None
    #: The warning for users of a deprecated kind, else "".
    deprecation: str = ""
    #: The (group, plural) and the version in which it is stored, if they are not its own.
    stored_as: tuple[str, str] | None = None
    stored_version: str = ""
    #: The kind's entries in Kubernetes' discovery, with subresources; empty for custom kinds.
    discovered: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    @cached_property
    def type(self) -> Type:
        return self.load_type()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def key(self) -> tuple[str, str]:
        """The collection of the kind's objects."""
        return self.stored_as or (self.group, self.plural)

    @property
    def is_custom(self) -> bool:
        return self.definition is not None

    @property
    def has_status(self) -> bool:
        """Whether status is a subresource, so that only `/status` writes it."""
        return "status" in self.subresources
