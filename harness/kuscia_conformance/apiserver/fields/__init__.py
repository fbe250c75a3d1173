"""Who owns which field of an object: metadata.managedFields and server-side apply.

Comes in: an object before and after a write, its `Type`, and the `Author`. Goes out: the entries,
or the object with a configuration applied. It must not know the store.

`track` says who owns what after an update, `apply` merges a configuration in. `sets` has what sets
of fields are, `walks` which fields an object has and changes, `places` what a type says of that,
`merging` and `checking` what only applying needs, `managers` the entries, `kubectl` an exception.
"""

from __future__ import annotations

from kuscia_conformance.apiserver.fields.applying import apply
from kuscia_conformance.apiserver.fields.managers import Author, default_manager
from kuscia_conformance.apiserver.fields.sets import (
    Fields,
    difference,
    intersection,
    union,
    without,
)
from kuscia_conformance.apiserver.fields.tracking import track
from kuscia_conformance.apiserver.fields.walks import fields_of

__all__ = [
    "Author",
    "Fields",
    "apply",
    "default_manager",
    "difference",
    "fields_of",
    "intersection",
    "track",
    "union",
    "without",
]
