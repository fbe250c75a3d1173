"""The kinds that the server serves, and what is special about each.

A `Kind` is one kind in one version: built in (from Kubernetes' discovery and OpenAPI data), or of
a definition. A `Strategy` is what a built-in kind does beyond what all do; see `builtin`.
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
    """What a strategy may know of the server: the time, chance, and what else there is."""

    now: datetime
    random: Random
    #: All objects of a built-in kind, by its plural; for reading only.
    objects: Callable[[str], Iterable[Obj]]
    user: str = "admin"


class Strategy:
    """What a kind does beyond metadata; as it stands here: nothing.

    All are given objects of their own to change. `sub` is the subresource that is written, or "".
    """

    #: Whether metadata.generation counts the changes of the spec.
    counts_generations = True

    def default(self, obj: Obj, context: Context) -> None:
        """Fill in what the writer has left out; for creating, replacing and patching alike."""

    def prepare_create(self, obj: Obj, context: Context) -> None:
        """Have it as a new object has to be: without what only the system writes."""

    def prepare_update(self, obj: Obj, old: Obj, sub: str, context: Context) -> None:
        """Put back what this writer may not change."""

    def validate(self, obj: Obj, old: Obj | None, sub: str) -> list[FieldError]:
        """What is wrong with it; `old` is None for a new object."""
        return []

    def fields(self, obj: Obj) -> Mapping[str, str]:
        """What field selectors can select by, besides metadata.name and metadata.namespace."""
        return {}

    #: The names of these; a selector by another is refused.
    selectable: tuple[str, ...] = ()

    def grace_seconds(self, obj: Obj, asked: int | None) -> int:
        """How long it stays after a deletion, for somebody to end it: seconds; 0 is at once."""
        return 0

    def prepare_delete(self, obj: Obj, context: Context) -> None:
        """Have it as a deletion leaves it that does not take it away at once."""

    def is_held(self, obj: Obj) -> bool:
        """Whether something besides metadata.finalizers keeps it there once it is deleted."""
        return False

    def to_stored(self, obj: Obj) -> Obj:
        """From this version to the one that is stored."""
        return obj

    def from_stored(self, obj: Obj) -> Obj:
        return obj


PLAIN = Strategy()


@dataclass(frozen=True)
class Column:
    """A column of `kubectl get`, as a definition has it (additionalPrinterColumns)."""

    name: str
    type: str
    path: str
    format: str = ""
    description: str = ""
    priority: int = 0


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind in one version."""

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
    #: What its schema says; asked for once.
    load_type: Callable[[], Type] = lambda: ANY
    strategy: Strategy = PLAIN
    #: Of a definition's kind: its columns, and the definition itself.
    columns: tuple[Column, ...] = ()
    definition: Obj | None = None
    #: What everybody is warned of who uses it, if it is on its way out.
    deprecation: str = ""
    #: Under which (group, plural) and version it is stored, where that is not its own.
    stored_as: tuple[str, str] | None = None
    stored_version: str = ""
    #: As discovery data has it, subresources included; empty of a definition's kind.
    discovered: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    @cached_property
    def type(self) -> Type:
        return self.load_type()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def key(self) -> tuple[str, str]:
        """The collection that holds its objects."""
        return self.stored_as or (self.group, self.plural)

    @property
    def is_custom(self) -> bool:
        return self.definition is not None

    @property
    def has_status(self) -> bool:
        """Whether status is a subresource: written by `/status` alone."""
        return "status" in self.subresources
