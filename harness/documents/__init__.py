"""Expected documents: YAML that says what is compared, and nothing else.

`loader` reads them strictly, `operators` are their few special values, `schema` knows which
paths there can be, `compare` finds every mismatch, `render` shows them. `paths` names places.
"""

from harness.documents.compare import Mismatch, compare, fields, score
from harness.documents.loader import (
    document_from,
    document_problems,
    load_document,
    load_manifests,
)
from harness.documents.operators import Context
from harness.documents.paths import Path, path_from, path_text, value_at
from harness.documents.render import render
from harness.documents.writing import write_status

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
