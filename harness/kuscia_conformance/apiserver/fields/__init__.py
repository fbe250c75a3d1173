"""Ownership of fields: metadata.managedFields and server-side apply (KEP-555).

Comes in: an object before and after a write, its `Type`, and the `Author`. Goes out: the entries of
managedFields, or the object with a configuration applied. It must not know the store.

    tracking   `track`: who owns which field after a create, update or patch
    applying   `apply`: merges a configuration into an object, and finds conflicts
    managers   reads and writes the entries of managedFields
    sets       sets of fields in the form of FieldsV1, and operations on them
    walks      the fields that an object has, and those that differ between two objects
    places     what a type says about the ownership of one place in an object
    merging    the merge of a configuration, for `applying`
    checking   the errors in a configuration, for `applying`
    kubectl    an exception for objects that `kubectl apply` has written on the client side
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
