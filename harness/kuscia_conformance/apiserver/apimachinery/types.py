"""What a schema says about each place of an object: one tree for all that need to know.

Built from a definition's structural schema or from Kubernetes' own OpenAPI (`schemas`). Pruning,
defaulting, validation, strategic merge, server-side apply and managed fields all walk it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final


class Missing:
    """Where there is no value: None is one."""

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()


@dataclass(slots=True, eq=False, weakref_slot=True)
class Type:
    """One place of an object, and by `fields`, `values` and `items` those below it."""

    #: object, array, string, integer, number, boolean, int-or-string, or any (nothing is known).
    kind: str = "any"
    #: Of a struct: what it may have, by name.
    fields: dict[str, Type] = field(default_factory=dict)
    #: Of a map: what each of its values is; None where it is no map.
    values: Type | None = None
    #: Of an array: what each of its items is.
    items: Type | None = None
    #: Of an array: atomic, set, or map (of objects that differ in their `keys`).
    list_type: str = "atomic"
    keys: tuple[str, ...] = ()
    #: Whether an object is owned and replaced as a whole (x-kubernetes-map-type: atomic).
    atomic: bool = False
    #: Whether unknown fields stay (x-kubernetes-preserve-unknown-fields).
    preserves: bool = False
    #: Whether it is an object of its own, with apiVersion, kind and metadata.
    embedded: bool = False
    nullable: bool = False
    #: For strategic merge patches (x-kubernetes-patch-strategy, split at commas; -patch-merge-key).
    patch_strategies: frozenset[str] = frozenset()
    merge_key: str = ""
    default: Any = MISSING
    #: Of a field of a Go struct: whether it is there, as Go's zero value, even if nobody sets it.
    always: bool = False
    required: tuple[str, ...] = ()
    #: What else the schema demands: format, enum, pattern, minimum, maxLength, allOf, …
    rules: dict[str, Any] = field(default_factory=dict)
    #: The Go type's name as Kubernetes' OpenAPI has it: io.k8s.api.core.v1.PodSpec.
    name: str = ""

    def below(self, key: str) -> Type:
        """The type of a field or of a map's value; one that knows nothing where there is none."""
        return self.fields.get(key) or self.values or ANY


#: Of what is unknown: everything below it is kept, and nothing demanded.
ANY: Final = Type(preserves=True)
