"""Expected documents: YAML files that name the fields of an object to compare.

Comes in: YAML text, and an object of a cluster. Goes out: every mismatch between them, or the
problems of a document.

    load       reads documents and manifests strictly, with file, line and column in errors
    text       reads the text of a file        nodes    YAML text as nodes, within limits
    objects    the Kubernetes objects in a manifest, and in lists of them
    operators  the special values of documents, such as `!time` and `!re`
    schema     checks a document's paths against the schema of a resource definition
    compare    finds every mismatch
    subjects   names what a document compares
    render     shows mismatches as a table
    write      writes a document from a status that was seen
    edits      changes manifests by the tables of features
    paths      names places in a document

Fields that a document does not mention are not compared. This room must not know features, steps
or clusters.
"""

from kuscia_conformance.documents.compare import Mismatch, compare, fields, score
from kuscia_conformance.documents.load import (
    document_from,
    document_problems,
    load_document,
    load_manifests,
    manifest_problems,
    value_problems,
)
from kuscia_conformance.documents.operators import Context
from kuscia_conformance.documents.paths import Path, path_from, path_text, value_at
from kuscia_conformance.documents.render import render
from kuscia_conformance.documents.subjects import compared, mismatched
from kuscia_conformance.documents.write import write_status

__all__ = [
    "Context",
    "Mismatch",
    "Path",
    "compare",
    "compared",
    "document_from",
    "document_problems",
    "fields",
    "load_document",
    "load_manifests",
    "manifest_problems",
    "mismatched",
    "path_from",
    "path_text",
    "render",
    "score",
    "value_at",
    "value_problems",
    "write_status",
]
