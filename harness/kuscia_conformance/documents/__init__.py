"""Expected documents: YAML that says what is compared, and nothing else.

Comes in: YAML, and an object of a cluster. Goes out: every mismatch, or the problems of a document.
`load` reads documents strictly, `operators` are their few special values, `schema` knows which
paths there can be, `compare` finds every mismatch, `render` shows them, `write` writes a document
from a status, `edits` changes manifests by tables; `paths` names places. It must not know
features, steps or clusters.
"""

from kuscia_conformance.documents.compare import Mismatch, compare, fields, score
from kuscia_conformance.documents.load import (
    document_from,
    document_problems,
    load_document,
    load_manifests,
)
from kuscia_conformance.documents.operators import Context
from kuscia_conformance.documents.paths import Path, path_from, path_text, value_at
from kuscia_conformance.documents.render import render
from kuscia_conformance.documents.write import write_status

__all__ = [
    "Context",
    "Mismatch",
    "Path",
    "compare",
    "document_from",
    "document_problems",
    "fields",
    "load_document",
    "load_manifests",
    "path_from",
    "path_text",
    "render",
    "score",
    "value_at",
    "write_status",
]
