"""What a schema says about each place of an object: one tree, which all rooms use.

`schema` builds it from a custom kind's structural schema or from Kubernetes' OpenAPI. Pruning,
defaulting, validation, strategic merge, server-side apply and managed fields walk it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final


class Missing:
    """The type of MISSING, which stands for an absent value, because None is a value (null)."""

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()


@dataclass(slots=True, eq=False, weakref_slot=True)
class Type:
    """One place of an object. `fields`, `values` and `items` are the types below it."""

    #: object, array, string, integer, number, boolean, int-or-string, or any (nothing is known).
    kind: str = "any"
    #: For a struct: its fields, by name.
    fields: dict[str, Type] = field(default_factory=dict)
    #: For a map: the type of its values; None for other types.
    values: Type | None = None
    #: For an array: the type of its items.
    items: Type | None = None
    #: For an array: atomic, set, or map (objects that differ in their `keys`).
    list_type: str = "atomic"
    keys: tuple[str, ...] = ()
    #: Whether an object is owned and replaced as a whole (x-kubernetes-map-type: atomic).
    atomic: bool = False
    #: Whether unknown fields are kept (x-kubernetes-preserve-unknown-fields).
    preserves: bool = False
    #: Whether it is a whole Kubernetes object, with apiVersion, kind and metadata.
    embedded: bool = False
    nullable: bool = False
    #: For strategic merge patches (x-kubernetes-patch-strategy, split at commas; -patch-merge-key).
    patch_strategies: frozenset[str] = frozenset()
    merge_key: str = ""
    default: Any = MISSING
    #: For a field of a Go struct: whether it is present, with Go's zero value, when it is not set.
    always: bool = False
    required: tuple[str, ...] = ()
    #: The other rules of the schema: format, enum, pattern, minimum, maxLength, allOf, …
    rules: dict[str, Any] = field(default_factory=dict)
    #: The Go type's name as Kubernetes' OpenAPI has it: io.k8s.api.core.v1.PodSpec.
    name: str = ""

    def below(self, key: str) -> Type:
        """Returns the type of a field or of a map's values, or ANY if the schema has none."""
        return self.fields.get(key) or self.values or ANY


#: The type of unknown places: everything below is kept, and nothing is required.
ANY: Final = Type(preserves=True)
